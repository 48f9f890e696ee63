import type { SettingDefinition } from '@alcove/sdk';

/** What an administrator or the environment can say about the relay. */
export const turnSettings: readonly SettingDefinition[] = [
  {
    key: 'turn-urls',
    kind: 'text',
    label: 'settings.turn-urls',
    hint: 'settings.turn-urls-hint',
    env: 'ALCOVE_TURN_URLS',
  },
  {
    key: 'turn-secret',
    kind: 'secret',
    label: 'settings.turn-secret',
    hint: 'settings.turn-secret-hint',
    env: 'ALCOVE_TURN_SECRET',
  },
  {
    key: 'turn-ttl',
    kind: 'number',
    label: 'settings.turn-ttl',
    hint: 'settings.turn-ttl-hint',
    default: 120,
    min: 10,
    max: 240,
  },
  {
    key: 'relay-only',
    kind: 'flag',
    label: 'settings.relay-only',
    hint: 'settings.relay-only-hint',
    default: false,
    env: 'ALCOVE_TURN_RELAY_ONLY',
  },
];
