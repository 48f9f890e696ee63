import { expect, it } from '@jest/globals';
import { SeqSet } from './seq-set.js';

it('remembers numbers near, far, zero and negative, each once', () => {
  const numbers = [0n, 1n, 7n, 8n, 65_535n, 65_536n, 9_223_372_036_854_775_807n, -1n, -65_536n, -65_537n];
  const set = new SeqSet();
  for (const number of numbers) expect(set.has(number)).toBe(false);
  for (const number of numbers) expect(set.add(number)).toBe(true);
  for (const number of numbers) {
    expect(set.has(number)).toBe(true);
    expect(set.add(number)).toBe(false);
  }
  for (const other of [2n, 9n, 131_072n, -2n, -65_538n]) expect(set.has(other)).toBe(false);
});
