import { SetupError } from '@alcove/sdk';

/** What the operator configured about the relay. */
export interface TurnConfig {
  /** `turn:` and `turns:` addresses; empty when there is no relay. */
  readonly urls: readonly string[];
  readonly secret: string;
  readonly ttlSeconds: number;
  readonly relayOnly: boolean;
}

const URL_FORM = /^turns?:[^\s?,]+(\?transport=(udp|tcp))?$/;

/**
 * Reads the settings as they were typed.
 *
 * @throws SetupError `misconfigured`, naming the setting and what to do; never its value
 */
export function readTurnConfig(typed: {
  urls: string | undefined;
  secret: string | undefined;
  ttlSeconds: number | undefined;
  relayOnly: boolean;
}): TurnConfig {
  const urls = (typed.urls ?? '').split(/[\s,]+/).filter((url) => url !== '');
  const secret = typed.secret ?? '';
  // A STUN server of somebody else would learn the address of every client, so only relays of the practice's own are taken.
  if (urls.some((url) => !URL_FORM.test(url))) {
    throw misconfigured(
      'Each TURN address must look like turn:turn.example.org:3478?transport=udp or turns:turn.example.org:5349.',
    );
  }
  if (urls.length > 0 && secret === '') {
    throw misconfigured('TURN addresses are set, but the TURN secret (ALCOVE_TURN_SECRET) is not.');
  }
  if (typed.relayOnly && urls.length === 0) {
    throw misconfigured('"Relay only" is on, but no TURN address (ALCOVE_TURN_URLS) is set: no call could connect.');
  }
  return { urls, secret, ttlSeconds: typed.ttlSeconds ?? 3_600, relayOnly: typed.relayOnly };
}

const misconfigured = (message: string): SetupError => new SetupError('misconfigured', message);
