import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { openCookie, sealCookie } from './sealed-cookie.js';

const key = randomBytes(32);
const content = { state: 'abc', next: '/today' };

it('gives back what was sealed for the same purpose with the same key', () => {
  const cookie = sealCookie(key, 'a', content);
  expect(openCookie(key, 'a', cookie)).toEqual(content);
  expect(openCookie(key, 'b', cookie)).toBeUndefined();
  expect(openCookie(randomBytes(32), 'a', cookie)).toBeUndefined();
  expect(cookie).not.toContain('today');
});

it('gives nothing for what was changed, cut or never ours', () => {
  const cookie = sealCookie(key, 'a', content);
  for (let at = 0; at < cookie.length; at += 7) {
    const other = cookie[at] === 'A' ? 'B' : 'A';
    expect(openCookie(key, 'a', cookie.slice(0, at) + other + cookie.slice(at + 1))).toBeUndefined();
    expect(openCookie(key, 'a', cookie.slice(0, at))).toBeUndefined();
  }
  for (const odd of [undefined, null, 1, {}, '', 'x'.repeat(50), '*'.repeat(50), 'x'.repeat(5_000)])
    expect(openCookie(key, 'a', odd)).toBeUndefined();
});
