import { createCipheriv, createDecipheriv, randomBytes, type CipherKey } from 'node:crypto';
import { DomainError } from '../errors/domain-error.js';
import { CRYPTO_ERRORS } from './crypto.errors.js';

/*
 * One sealed value, in bytes: format (1) | id of the data key (16) | nonce (12) | ciphertext | tag (16).
 * The key id in the header lets a value sealed under an older data key open for as long as that key exists.
 */
const FORMAT = 1;
const KEY_ID_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/** Bytes a sealed value is longer than its text. */
export const SEALING_OVERHEAD = HEADER_BYTES + TAG_BYTES;

/** The one error for every kind of damage: it tells an attacker nothing about which check failed. */
export const damaged = (): DomainError => new DomainError(CRYPTO_ERRORS['sealed-value-damaged']);

/** Seals `plaintext` with AES-256-GCM under a fresh random nonce. `keyId` is a UUID; `aad` must be given again to open. */
export function sealBytes(key: CipherKey, keyId: string, aad: string, plaintext: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const header = Buffer.concat([Buffer.of(FORMAT), uuidBytes(keyId), nonce]);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([header, Buffer.from(aad)]));
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `sealBytes` made; throws `sealed-value-damaged` for anything else. */
export function openBytes(key: CipherKey, aad: string, sealed: Buffer): Buffer {
  keyIdOf(sealed);
  const header = sealed.subarray(0, HEADER_BYTES);
  const nonce = header.subarray(1 + KEY_ID_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([header, Buffer.from(aad)]));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const head = decipher.update(sealed.subarray(HEADER_BYTES, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([head, decipher.final()]);
  } catch {
    // Node says "unable to authenticate data"; ours is the same for every damage, so nothing is passed on.
    throw damaged();
  }
}

/** The UUID of the data key a value was sealed under, or `sealed-value-damaged` when it is too short or of an unknown format. */
export function keyIdOf(sealed: Buffer): string {
  if (sealed.length < SEALING_OVERHEAD || sealed[0] !== FORMAT) throw damaged();
  const hex = sealed.toString('hex', 1, 1 + KEY_ID_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuidBytes = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');
