import { describe, expect, it } from '@jest/globals';
import { factorOf } from './account-labels.js';

describe('factorOf', () => {
  it('names the strongest way in', () => {
    expect([factorOf({ code: true, passkeys: 2 }), factorOf({ code: true, passkeys: 0 })]).toEqual([
      'access:factor.passkey',
      'access:factor.code',
    ]);
  });
});
