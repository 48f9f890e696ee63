import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';

const ID_BYTES = 16;
const MAC_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** What a token claims before its signature was checked against the version of its link. */
export interface ClaimedToken {
  readonly linkId: string;
  readonly mac: Buffer;
}

/** `base64url(link id || HMAC-SHA-256/128(key, link id || version))`: 43 characters, derivable again from the row and the key ring. */
export function makeToken(key: Buffer, linkId: string, version: number): string {
  return Buffer.concat([Buffer.from(parse(linkId)), macOf(key, linkId, version)]).toString('base64url');
}

/** Takes a token apart; undefined for anything that is not the one canonical spelling of a token. */
export function readToken(token: unknown): ClaimedToken | undefined {
  if (typeof token !== 'string' || !TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  // 43 characters hold two bits more than 32 bytes: without this check each token would have four spellings.
  if (bytes.length !== ID_BYTES + MAC_BYTES || bytes.toString('base64url') !== token) return undefined;
  try {
    return { linkId: stringify(bytes.subarray(0, ID_BYTES)), mac: bytes.subarray(ID_BYTES) };
  } catch (error) {
    // `stringify` refuses bytes that are no UUID of any version: a forged token, answered like an unknown one.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

export function macMatches(key: Buffer, claimed: ClaimedToken, version: number): boolean {
  return timingSafeEqual(claimed.mac, macOf(key, claimed.linkId, version));
}

function macOf(key: Buffer, linkId: string, version: number): Buffer {
  const versionBytes = Buffer.alloc(4);
  versionBytes.writeUInt32BE(version);
  return createHmac('sha256', key).update(parse(linkId)).update(versionBytes).digest().subarray(0, MAC_BYTES);
}
