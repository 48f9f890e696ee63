import { describe, expect, it } from '@jest/globals';
import { readClaims } from './claims.js';

const ISSUER = 'https://id.example';
const read = (answer: Record<string, unknown>, claim = 'groups') => readClaims(ISSUER, { sub: 's', ...answer }, claim);

describe('readClaims', () => {
  it('takes an address only when the provider has verified it', () => {
    const email = 'kim@practice.example';
    expect(read({ email, email_verified: true }).email).toBe(email);
    expect(read({ email, email_verified: 'true' }).email).toBe(email);
    for (const verified of [false, 'false', 1, 'yes', null, undefined, {}, ['true']])
      expect(read({ email, email_verified: verified }).email).toBeNull();
    expect(read({ email: [email], email_verified: true }).email).toBeNull();
    expect(read({ email: 'a\u0000b@x', email_verified: true }).email).toBeNull();
  });

  it('reads groups by name, by path, and alone', () => {
    expect(read({ groups: ['a', 'b'] }).groups).toEqual(['a', 'b']);
    expect(read({ groups: 'a' }).groups).toEqual(['a']);
    expect(read({ realm_access: { roles: ['c'] } }, 'realm_access.roles').groups).toEqual(['c']);
    expect(read({ 'https://x.example/g': ['d'] }, 'https://x.example/g').groups).toEqual(['d']);
  });

  it('makes nothing of groups that are none', () => {
    for (const groups of [null, 1, {}, [1, {}, null, ''], ['x'.repeat(201)]])
      expect(read({ groups }).groups).toEqual([]);
    expect(read({}, '__proto__.toString').groups).toEqual([]);
    expect(read({}, 'constructor.name').groups).toEqual([]);
    expect(read({ groups: Array.from({ length: 2_000 }, (_, at) => `g${at}`) }).groups).toHaveLength(500);
  });

  it('reads how and when the person proved who they are', () => {
    const claims = read({ amr: ['pwd', 'otp', 'mfa'], acr: 'urn:x:silver', auth_time: 1_764_000_000 });
    expect(claims.proofs).toEqual(['pwd', 'otp', 'mfa', 'urn:x:silver']);
    expect(claims.authenticatedAt).toEqual(new Date(1_764_000_000_000));
    expect(read({ auth_time: '1764000000' }).authenticatedAt).toBeNull();
  });
});
