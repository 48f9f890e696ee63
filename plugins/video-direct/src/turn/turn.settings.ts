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
    default: 3_600,
    min: 60,
    max: 86_400,
    env: 'ALCOVE_TURN_TTL_SECONDS',
  },
  {
    key: 'relay-only',
    kind: 'flag',
    label: 'settings.relay-only',
    hint: 'settings.relay-only-hint',
    default: false,
    env: 'ALCOVE_PLUGIN_VIDEO_DIRECT_RELAY_ONLY',
  },
];
