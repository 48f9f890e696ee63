import { describe, expect, it } from '@jest/globals';
import { delayAfter } from './sign-in-throttle.js';

describe('delayAfter', () => {
  it('is nothing for the free tries, then doubles, and never grows beyond a quarter of an hour', () => {
    expect([5, 6, 7, 8, 9, 10, 11, 1000].map((n) => delayAfter(n, 6))).toEqual([0, 60, 120, 240, 480, 900, 900, 900]);
  });

  it('lets ten tries pass in a quarter of an hour', () => {
    const at: number[] = [];
    for (let now = 0; at.length < 40; now += delayAfter(at.length, 6)) at.push(now);
    for (const from of at) expect(at.filter((one) => one >= from && one < from + 900).length).toBeLessThanOrEqual(10);
    expect(at.filter((one) => one <= 900)).toHaveLength(10);
  });
});
