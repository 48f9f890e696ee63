import { describe, expect, it } from '@jest/globals';
import { hashOfKey, isKeyText, newKey } from './key-text.js';

describe('key text', () => {
  it('is one word with a prefix, a secret and a checksum', () => {
    const key = newKey();
    expect(key.text).toMatch(/^alc_[a-z2-7]{10}_[a-z2-7]{52}[0-9a-f]{8}$/);
    expect(key.text.slice(4, 14)).toBe(key.prefix);
    expect(key.hash).toEqual(hashOfKey(key.text));
    expect(key.hash).toHaveLength(32);
    expect(isKeyText(key.text)).toBe(true);
  });

  it('is never the same twice and uses every letter', () => {
    const texts = Array.from({ length: 200 }, () => newKey().text);
    expect(new Set(texts).size).toBe(200);
    const used = new Set(texts.map((text) => text.slice(15, 67)).join(''));
    expect(used.size).toBe(32);
  });

  it('notices a changed letter, a cut, and text around it', () => {
    const { text } = newKey();
    const at = 20;
    const other = text[at] === 'a' ? 'b' : 'a';
    for (const wrong of [
      text.slice(0, at) + other + text.slice(at + 1),
      text.slice(0, -1),
      ` ${text}`,
      `${text}\n`,
      text.toUpperCase(),
      '',
    ])
      expect(isKeyText(wrong)).toBe(false);
  });
});
