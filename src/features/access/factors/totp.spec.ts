import { describe, expect, it } from '@jest/globals';
import { Secret } from 'otpauth';
import { groupedSecret, newTotpSecret, totpCode, totpStep, totpUri } from './totp.js';

/** RFC 6238, appendix B (SHA-1), last six digits. */
const rfc = Secret.fromUTF8('12345678901234567890').base32;

describe('totp', () => {
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
  ])('gives the code of RFC 6238 at %s', (seconds, code) => {
    expect(totpCode(rfc, new Date(seconds * 1000))).toBe(code);
    expect(totpStep(rfc, code, new Date(seconds * 1000))).toBe(Math.floor(seconds / 30));
  });

  it('takes one step of clock error either way and no more', () => {
    const at = (seconds: number): Date => new Date(1_700_000_010_000 + seconds * 1000);
    const code = totpCode(rfc, at(0));
    const step = totpStep(rfc, code, at(0));
    expect(totpStep(rfc, code, at(30))).toBe(step);
    expect(totpStep(rfc, code, at(-30))).toBe(step);
    expect(totpStep(rfc, code, at(60))).toBeUndefined();
    expect(totpStep(rfc, code, at(-60))).toBeUndefined();
  });

  it('reads codes with a gap and refuses everything that is not six digits', () => {
    const now = new Date(59_000);
    expect(totpStep(rfc, '287 082', now)).toBe(1);
    for (const code of ['', '28708', '2870822', 'abcdef', '२८७०८२', '287082\n1'])
      expect(totpStep(rfc, code, now)).toBeUndefined();
  });

  it('makes secrets of 160 bits that differ', () => {
    const secrets = new Set(Array.from({ length: 100 }, newTotpSecret));
    expect(secrets.size).toBe(100);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(groupedSecret('ABCDEFGH')).toBe('ABCD EFGH');
    expect(totpUri(rfc, 'a b@x', 'Linden Row')).toMatch(
      /^otpauth:\/\/totp\/Linden%20Row:a%20b%40x\?issuer=Linden%20Row&secret=/,
    );
  });
});
