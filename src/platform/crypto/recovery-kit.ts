import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../errors/domain-error.js';
import { checkDigit, digitsToText, fromDigits, textToDigits, toDigits } from './base32.js';
import { CRYPTO_ERRORS } from './crypto.errors.js';
import { KEY_BYTES, masterKey, type KeyRing } from './key-ring.js';

/*
 * The kit in bytes: format (1) | number of master keys (1) | per key, the current one first: id (4), key (32) | root (32) | checksum (4).
 * On paper: groups of five digits and a check digit in Crockford's base 32.
 */
const FORMAT = 1;
const ID_BYTES = 4;
const CHECKSUM_BYTES = 4;
const DIGITS_PER_GROUP = 5;
const GROUPS_PER_LINE = 4;

export interface RecoveryKit {
  /** The groups in numbered lines of four, to print; no words. */
  readonly text: string;
  /** Six characters each. */
  readonly groups: readonly string[];
  /** The last group: typing it back shows that the kit was written down to its end. */
  readonly checkWord: string;
}

/** The key ring on paper. Whoever holds it and a copy of the database can read everything. */
export function recoveryKit(ring: KeyRing): RecoveryKit {
  const digits = toDigits(encode(ring));
  while (digits.length % DIGITS_PER_GROUP !== 0) digits.push(0);
  const groups: string[] = [];
  for (let at = 0; at < digits.length; at += DIGITS_PER_GROUP) {
    const group = digits.slice(at, at + DIGITS_PER_GROUP);
    groups.push(digitsToText([...group, checkDigit(group, groups.length)]));
  }
  return { text: inLines(groups), groups, checkWord: groups[groups.length - 1] };
}

/** Whether `typed` is the kit's check word, forgiving case, spaces and look-alike letters. */
export function confirmsKit(kit: Pick<RecoveryKit, 'checkWord'>, typed: string): boolean {
  const normalised = textToDigits(typed.replaceAll(/[\s-]/g, ''));
  return normalised !== undefined && digitsToText(normalised) === kit.checkWord;
}

/** Splits typed or scanned text into groups; line numbers such as `3.` are left out. */
export const kitGroups = (text: string): string[] =>
  text
    .replaceAll(/^\s*\d+[.:)]/gm, ' ')
    .split(/[\s,;-]+/)
    .filter((group) => group !== '');

/**
 * The key ring of a kit. `kit-invalid` carries `group`, the 1-based number of the first group with a typing mistake, or 0 when each
 * group is well-formed but the whole is not a kit (a group is missing, or pages of two kits were mixed).
 */
export function restoreKit(groups: readonly string[]): KeyRing {
  const digits = groups.flatMap((group, position) => {
    const typed = textToDigits(group);
    if (typed?.length !== DIGITS_PER_GROUP + 1) throw invalid(position + 1);
    const content = typed.slice(0, DIGITS_PER_GROUP);
    if (checkDigit(content, position) !== typed[DIGITS_PER_GROUP]) throw invalid(position + 1);
    return content;
  });
  return decode(fromDigits(digits));
}

const invalid = (group: number): DomainError => new DomainError(CRYPTO_ERRORS['kit-invalid'], { group });

function encode(ring: KeyRing): Buffer {
  const ids = [ring.current, ...[...ring.masters.keys()].filter((id) => id !== ring.current)];
  const masters = ids.flatMap((id) => [Buffer.from(id, 'hex'), masterKey(ring, id)]);
  const content = Buffer.concat([Buffer.of(FORMAT, ids.length), ...masters, ring.root]);
  return Buffer.concat([content, checksum(content)]);
}

function decode(bytes: Buffer): KeyRing {
  const [format, count] = bytes;
  const length = 2 + (count ?? 0) * (ID_BYTES + KEY_BYTES) + KEY_BYTES;
  // The last group may be padded, by less than a group.
  const padding = bytes.length - length - CHECKSUM_BYTES;
  if (format !== FORMAT || !count || padding < 0 || padding > DIGITS_PER_GROUP) throw invalid(0);
  const content = bytes.subarray(0, length);
  if (!timingSafeEqual(checksum(content), bytes.subarray(length, length + CHECKSUM_BYTES))) throw invalid(0);
  const masters = new Map<string, Buffer>();
  for (let at = 2; at < length - KEY_BYTES; at += ID_BYTES + KEY_BYTES) {
    const key = Buffer.from(content.subarray(at + ID_BYTES, at + ID_BYTES + KEY_BYTES));
    masters.set(content.toString('hex', at, at + ID_BYTES), key);
  }
  const [current] = masters.keys();
  return { current, masters, root: Buffer.from(content.subarray(length - KEY_BYTES)) };
}

const checksum = (content: Buffer): Buffer =>
  createHash('sha256').update('alcove recovery kit').update(content).digest().subarray(0, CHECKSUM_BYTES);

function inLines(groups: readonly string[]): string {
  const lines: string[] = [];
  for (let at = 0; at < groups.length; at += GROUPS_PER_LINE) {
    const number = String(lines.length + 1).padStart(2, ' ');
    lines.push(`${number}.  ${groups.slice(at, at + GROUPS_PER_LINE).join('  ')}`);
  }
  return `${lines.join('\n')}\n`;
}
