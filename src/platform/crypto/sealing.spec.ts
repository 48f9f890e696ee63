import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { scale, seededRandom } from '../../../test/scale.js';
import { keyIdOf, openBytes, sealBytes, SEALING_OVERHEAD } from './sealing.js';

const ID = '0191f0a0-0000-7000-8000-00000000abcd';
const key = createSecretKey(randomBytes(32));
const seal = (text: string, aad = 'place') => sealBytes(key, ID, aad, Buffer.from(text));
const codeOf = (open: () => unknown): string => {
  try {
    open();
  } catch (error) {
    return error instanceof Error ? error.message : 'no error object';
  }
  return 'opened';
};
const CLEAN = 'sealed-value-damaged: An encrypted value does not open: it was changed, moved or cut.';

describe('sealing', () => {
  it.each(['', 'a', 'Zoë Müller-Øst', '\0', '😀'.repeat(1000)])('opens what it sealed (%#)', (text) => {
    const sealed = seal(text);
    expect(openBytes(key, 'place', sealed).toString()).toBe(text);
    expect(sealed.length).toBe(Buffer.byteLength(text) + SEALING_OVERHEAD);
    expect(keyIdOf(sealed)).toBe(ID);
  });

  it('finds every flipped bit with one and the same error', () => {
    const sealed = seal('said at the door');
    const answers = new Set<string>();
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const copy = Buffer.from(sealed);
      copy[bit >> 3] ^= 1 << (bit & 7);
      answers.add(codeOf(() => openBytes(key, 'place', copy)));
    }
    expect([...answers]).toEqual([CLEAN]);
  });

  it('finds every cut, extension and emptiness with the same error', () => {
    const sealed = seal('said at the door');
    for (let length = 0; length < sealed.length; length++) {
      expect(codeOf(() => openBytes(key, 'place', sealed.subarray(0, length)))).toBe(CLEAN);
    }
    expect(codeOf(() => openBytes(key, 'place', Buffer.concat([sealed, Buffer.of(0)])))).toBe(CLEAN);
  });

  it('finds a wrong key, a wrong place and random bytes with the same error', () => {
    const sealed = seal('x');
    expect(codeOf(() => openBytes(randomBytes(32), 'place', sealed))).toBe(CLEAN);
    expect(codeOf(() => openBytes(key, 'elsewhere', sealed))).toBe(CLEAN);
    const random = seededRandom(1);
    const answers = new Set<string>();
    for (let trial = 0; trial < scale.damages; trial++) {
      const bytes = randomBytes(Math.floor(random() * 120));
      if (bytes.length > 0 && random() < 0.5) bytes[0] = 1;
      answers.add(codeOf(() => openBytes(key, 'place', bytes)));
    }
    expect([...answers]).toEqual([CLEAN]);
  }, 600_000);

  it('never repeats a nonce', () => {
    // Two thirds of each nonce: 64 bits that fit a number array; that those alone repeat by chance is a matter of millions of runs.
    const nonces = new BigUint64Array(scale.nonces);
    const plaintext = Buffer.alloc(0);
    for (let trial = 0; trial < scale.nonces; trial++) {
      nonces[trial] = sealBytes(key, ID, '', plaintext).readBigUInt64BE(17);
    }
    nonces.sort();
    expect(nonces.findIndex((nonce, at) => at > 0 && nonce === nonces[at - 1])).toBe(-1);
  }, 600_000);
});
