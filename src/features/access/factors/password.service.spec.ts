import { describe, expect, it } from '@jest/globals';
import { Vault } from '../../../platform/crypto/vault.js';
import { PasswordService } from './password.service.js';

const serviceWith = (pepper: number): PasswordService =>
  new PasswordService({ derive: () => Buffer.alloc(32, pepper) } as unknown as Vault);

describe('PasswordService', () => {
  const passwords = serviceWith(1);

  it('stores Argon2id at the stated cost, salted', async () => {
    const [one, two] = await Promise.all([
      passwords.hash('quiet river lantern'),
      passwords.hash('quiet river lantern'),
    ]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await passwords.matches(one, 'quiet river lantern')).toBe(true);
    expect(await passwords.matches(one, 'quiet river lantern ')).toBe(false);
    expect(await passwords.matches(one, '')).toBe(false);
  });

  it('needs the pepper: the database alone is not enough to check a guess', async () => {
    const hash = await passwords.hash('quiet river lantern');
    expect(await serviceWith(2).matches(hash, 'quiet river lantern')).toBe(false);
  });

  it('says no without a stored hash, after the same work', async () => {
    await passwords.matches(null, 'warm up');
    const time = async (stored: string | null): Promise<number> => {
      const start = process.hrtime.bigint();
      expect(await passwords.matches(stored, 'not the password')).toBe(false);
      return Number(process.hrtime.bigint() - start) / 1e6;
    };
    const hash = await passwords.hash('quiet river lantern');
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 15; round++) {
      known.push(await time(hash));
      unknown.push(await time(null));
    }
    const median = (list: number[]): number => [...list].sort((a, b) => a - b)[7];
    // A missing hash that skipped the work would answer in microseconds.
    expect(median(unknown)).toBeGreaterThan(median(known) / 3);
  });

  it('takes the same password typed as composed and decomposed characters', async () => {
    const hash = await passwords.hash('cafe\u0301 on the corner');
    expect(await passwords.matches(hash, 'caf\u00e9 on the corner')).toBe(true);
  });

  it('knows common passwords without asking anybody', async () => {
    expect(await passwords.fault('1q2w3e4r5t', { secondFactor: true, words: [] })).toBe('access:password.fault.common');
    expect(await passwords.fault('iloveyou', { secondFactor: true, words: [] })).toBe('access:password.fault.common');
    expect(await passwords.fault('quiet river lantern', { secondFactor: false, words: [] })).toBeUndefined();
  });
});
