import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newId } from '../../../platform/ids.js';
import { macMatches, makeToken, readToken } from './link-token.js';

const key = randomBytes(32);

describe('session link tokens', () => {
  it('come back as the link they were made for, at their version only', () => {
    const linkId = newId();
    const claimed = readToken(makeToken(key, linkId, 3));
    expect(claimed?.linkId).toBe(linkId);
    expect(macMatches(key, claimed!, 3)).toBe(true);
    expect(macMatches(key, claimed!, 2)).toBe(false);
    expect(macMatches(randomBytes(32), claimed!, 3)).toBe(false);
  });

  it('refuse every change of a single character', () => {
    const token = makeToken(key, newId(), 1);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let place = 0; place < token.length; place++) {
      for (const letter of alphabet) {
        if (letter === token[place]) continue;
        const forged = readToken(token.slice(0, place) + letter + token.slice(place + 1));
        expect(forged !== undefined && macMatches(key, forged, 1)).toBe(false);
      }
    }
  });

  it('have one spelling: the two spare bits of the last character must be zero', () => {
    const token = makeToken(key, newId(), 1);
    const spellings = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter((last) =>
      Buffer.from(token.slice(0, -1) + last, 'base64url').equals(Buffer.from(token, 'base64url')),
    );
    expect(spellings).toHaveLength(4);
    expect(spellings.filter((last) => readToken(token.slice(0, -1) + last))).toEqual([token.at(-1)]);
  });

  it('refuse anything that has not the form of a token', () => {
    for (const odd of [undefined, null, 7, '', 'a', ['x'], {}, 'a'.repeat(44), 'ä'.repeat(43), `${'a'.repeat(42)}=`])
      expect(readToken(odd)).toBeUndefined();
  });
});
