import { expect, it } from '@jest/globals';
import { newRecoveryCode, readRecoveryCode } from './recovery-codes.js';

it('makes codes of six groups of four, 120 bit, none like another', () => {
  const codes = Array.from({ length: 200 }, newRecoveryCode);
  for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(new Set(codes).size).toBe(200);
  // Every sign of the alphabet occurs in 4,800 of them: nothing is cut off on the way from bytes to signs.
  expect(new Set(codes.join('').replaceAll('-', '')).size).toBe(32);
});

it.each([
  ['7KQ2-M0XD-94TB-7KQ2-M0XD-94TB', '7KQ2-M0XD-94TB-7KQ2-M0XD-94TB'],
  ['7kq2 moxd 94tb 7kq2 m0xd 94tb', '7KQ2-M0XD-94TB-7KQ2-M0XD-94TB'],
  ['7KQ2M0XD94TB7KQ2M0XDl4TB', '7KQ2-M0XD-94TB-7KQ2-M0XD-14TB'],
  ['7KQ2–M0XD–94TB–7KQ2–M0XD–94TB', '7KQ2-M0XD-94TB-7KQ2-M0XD-94TB'],
  ['7KQ2-M0XD-94TB-7KQ2-M0XD-94T', undefined],
  ['7KQ2-M0XD-94TB-7KQ2-M0XD-94TBB', undefined],
  ['7KQ2-M0XD-94TB-7KQ2-M0XD-94T!', undefined],
  ['123456', undefined],
  ['', undefined],
])('reads %s as what was meant', (typed, code) => expect(readRecoveryCode(typed)).toBe(code));
