import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A new key. Only `text` is secret; it exists in this process until the page that shows it is sent, and nowhere afterwards. */
export interface NewKey {
  readonly text: string;
  /** Ten characters people tell keys apart by. */
  readonly prefix: string;
  readonly hash: Buffer;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const PREFIX = 10;
/** 52 letters of five bits each: 260 bits. */
const SECRET = 52;

/**
 * `alc_<prefix>_<secret><checksum>`: one word that a double click selects, that scanners for leaked secrets can recognise by its form
 * (docs/reference/api.md), and whose checksum tells a mistyped key from a wrong one.
 */
export function newKey(): NewKey {
  const prefix = letters(PREFIX);
  const body = `alc_${prefix}_${letters(SECRET)}`;
  const text = body + checksum(body);
  return { text, prefix, hash: hashOfKey(text) };
}

/** Only a hash is stored. It is a plain one: nobody guesses 260 random bits, so there is nothing to slow down. */
export const hashOfKey = (text: string): Buffer => createHash('sha256').update(text).digest();

/** True for text that has the form and the checksum of a key, whether or not there is one. */
export function isKeyText(text: string): boolean {
  return /^alc_[a-z2-7]{10}_[a-z2-7]{52}[0-9a-f]{8}$/.test(text) && checksum(text.slice(0, -8)) === text.slice(-8);
}

const checksum = (body: string): string => crc32(body).toString(16).padStart(8, '0');

/** Each byte's low five bits: evenly spread, because 32 divides 256. */
const letters = (count: number): string => Array.from(randomBytes(count), (byte) => LETTERS[byte & 31]).join('');
