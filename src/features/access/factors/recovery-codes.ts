import { randomBytes } from 'node:crypto';
import { digitsToText, textToDigits, toDigits } from '../../../platform/crypto/base32.js';

/** Codes of one set. */
export const RECOVERY_CODES = 10;
/** From here on down, people are told that they run out. */
export const FEW_LEFT = 3;
/** 15 bytes = 120 bit = 24 signs, in six groups of four. Long enough that a fast hash is no weakness. */
const BYTES = 15;
const SIGNS = 24;
const PER_GROUP = 4;

/** A new code as people see it: `7KQ2-M0XD-94TB-...`. */
export const newRecoveryCode = (): string => grouped(digitsToText(toDigits(randomBytes(BYTES))));

/** The code that was meant: case, dashes, spaces and look-alikes do not matter. `undefined` when it cannot be one. */
export function readRecoveryCode(typed: string): string | undefined {
  const signs = typed.slice(0, 100).replaceAll(/[\s\u2010-\u2015-]/g, '');
  const digits = signs.length === SIGNS ? textToDigits(signs) : undefined;
  return digits && grouped(digitsToText(digits));
}

const grouped = (signs: string): string => (signs.match(new RegExp(`.{${PER_GROUP}}`, 'g')) ?? []).join('-');
