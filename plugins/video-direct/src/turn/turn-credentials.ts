import { createHmac } from 'node:crypto';

/** A name and password for the relay that work until `expiresAt`. */
export interface TurnCredentials {
  readonly username: string;
  readonly credential: string;
}

/**
 * Credentials as coturn's `use-auth-secret` checks them: the name is `<unix seconds of expiry>:<id>`, the password is
 * base64(HMAC-SHA1(secret, name)). HMAC-SHA1 is what the scheme prescribes.
 *
 * @param id opaque and random, never a person's name: it appears in the relay's log
 */
export function turnCredentials(secret: string, expiresAt: Date, id: string): TurnCredentials {
  const username = `${Math.floor(expiresAt.getTime() / 1000)}:${id}`;
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
}
