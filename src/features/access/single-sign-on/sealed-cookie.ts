import { openBytes, sealBytes } from '../../../platform/crypto/sealing.js';
import { DomainError } from '../../../platform/errors/domain-error.js';

/** Cookies are sealed with a derived key of their own and no data key, so the id in the header says nothing. */
const NO_DATA_KEY = '00000000-0000-0000-0000-000000000000';

/**
 * Text for a cookie that its browser can neither read nor change.
 *
 * @param key 32 bytes
 * @param purpose bound in, so that the cookie of one step is nothing in another
 */
export const sealCookie = (key: Buffer, purpose: string, content: object): string =>
  sealBytes(key, NO_DATA_KEY, `cookie ${purpose}`, Buffer.from(JSON.stringify(content))).toString('base64url');

/** The content again, or `undefined` for everything that is not whole, ours and of this purpose: cookies are a visitor's business. */
export function openCookie(key: Buffer, purpose: string, cookie: unknown): unknown {
  if (typeof cookie !== 'string' || !/^[\w-]{40,4000}$/.test(cookie)) return undefined;
  try {
    return JSON.parse(openBytes(key, `cookie ${purpose}`, Buffer.from(cookie, 'base64url')).toString()) as unknown;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'sealed-value-damaged') return undefined;
    throw error;
  }
}
