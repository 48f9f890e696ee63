import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  FREE_PER_ACCOUNT,
  FREE_PER_ADDRESS,
  SignInThrottle,
} from '../../../src/features/access/sign-in/sign-in-throttle.js';
import { Vault } from '../../../src/platform/crypto/vault.js';
import { isDatabaseGone } from '../../../src/platform/database/database-gone.js';
import { Sql } from '../../../src/platform/database/sql.js';
import { DomainError } from '../../../src/platform/errors/domain-error.js';
import { scale, seededRandom } from '../../scale.js';
import { accessApp, type AccessApp } from './support/access-app.js';
import { Cast, signIn } from './support/cast.js';

const outcome = (attempt: Promise<void>): Promise<'pass' | number> =>
  attempt.then(
    () => 'pass' as const,
    (error: unknown) => {
      if (error instanceof DomainError && error.code === 'access.slow-down') return Number(error.details.retryAfter);
      throw error;
    },
  );
const QUARTER = 15 * 60_000;

/** Counting tries in two processes on one database. */
describe('the throttle of signing in', () => {
  let one: AccessApp;
  let two: AccessApp;
  let processes: readonly [SignInThrottle, SignInThrottle];
  let names = 0;
  const account = (): string => `account ${++names}`;
  const address = (index: number): string => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;

  beforeAll(async () => {
    one = await accessApp();
    two = await accessApp({ url: one.url, keys: one.keys });
    processes = [one.app.get(SignInThrottle), two.app.get(SignInThrottle)];
  });
  afterEach(async () => {
    await one.dataSource.query('DELETE FROM core.rate_limit');
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  const setClocks = (at: number): void => {
    for (const { clock } of [one, two]) clock.at = new Date(at);
  };

  /** Sends tries evenly over a quarter of an hour and a minute; the moments at which one passed. */
  async function attack(throttles: readonly SignInThrottle[], name: string): Promise<number[]> {
    const begun = Date.parse('2026-11-24T16:00:00Z');
    const passed: number[] = [];
    const random = seededRandom(7);
    const waves = 160;
    const size = Math.ceil(scale.signInTries / waves);
    for (let wave = 0; wave < waves; wave++) {
      const at = begun + Math.round((wave * (QUARTER + 60_000)) / waves);
      setClocks(at);
      const tries = Array.from({ length: size }, (_, index) =>
        outcome(throttles[index % throttles.length].begin(name, address(Math.floor(random() * 1_000)))),
      );
      passed.push(...(await Promise.all(tries)).filter((result) => result === 'pass').map(() => at));
    }
    return passed;
  }
  const mostInAQuarter = (moments: readonly number[]): number =>
    Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + QUARTER).length));

  it('lets at most ten tries on one account pass in a quarter of an hour, from a thousand addresses, in two processes', async () => {
    const name = account();
    const passed = await attack(processes, name);
    expect(mostInAQuarter(passed)).toBeLessThanOrEqual(10);
    expect(passed.length).toBeGreaterThanOrEqual(FREE_PER_ACCOUNT);
    // The owner comes with a passkey, which is held against no account.
    expect(await outcome(processes[1].beginFrom('198.51.100.4'))).toBe('pass');
  }, 600_000);

  it('would not with counters of their own (planted fault)', async () => {
    const own = (salt: string): SignInThrottle => {
      const vault = one.app.get(Vault);
      const apart = { hash: (purpose: string, text: string) => vault.hash(purpose, salt + text) } as Vault;
      return new SignInThrottle(one.app.get(Sql), apart, { now: () => one.clock.at });
    };
    expect(mostInAQuarter(await attack([own('a'), own('b')], account()))).toBeGreaterThan(10);
  }, 600_000);

  it('counts before the work: of a thousand at once, six pass, and nobody waits longer for it', async () => {
    const name = account();
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => outcome(processes[index % 2].begin(name, address(index)))),
    );
    expect(outcomes.filter((result) => result === 'pass')).toHaveLength(FREE_PER_ACCOUNT);
    const waits = outcomes.filter((result) => result !== 'pass');
    expect(Math.max(...waits)).toBeLessThanOrEqual(60);
  });

  it('refuses no free try because the clock of its process is a little behind', async () => {
    const name = account();
    setClocks(Date.parse('2026-11-24T16:00:00Z'));
    expect(await outcome(processes[0].begin(name, '10.0.0.1'))).toBe('pass');
    two.clock.at = new Date(one.clock.at.getTime() - 2_000);
    expect(await outcome(processes[1].begin(name, '10.0.0.2'))).toBe('pass');
  });

  it('slows one network down over many accounts, an IPv6 /64 as one', async () => {
    const outcomes = [];
    for (let index = 0; index < FREE_PER_ADDRESS + 5; index++)
      outcomes.push(await outcome(processes[0].begin(account(), `2001:db8:1:2::${index.toString(16)}`)));
    expect(outcomes.filter((result) => result === 'pass')).toHaveLength(FREE_PER_ADDRESS);
  });

  it('starts afresh after a success, and a day after the last try', async () => {
    const [throttle, other] = processes;
    const name = account();
    for (let index = 0; index < FREE_PER_ACCOUNT; index++) await throttle.begin(name, address(index));
    expect(await outcome(other.begin(name, address(50)))).toBeGreaterThan(0);
    await throttle.succeeded(name, address(50));
    expect(await outcome(other.begin(name, address(50)))).toBe('pass');

    const later = account();
    for (let index = 0; index < FREE_PER_ACCOUNT; index++) await throttle.begin(later, address(100 + index));
    setClocks(one.clock.at.getTime() + 86_400_001);
    for (let index = 0; index < FREE_PER_ACCOUNT; index++)
      expect(await outcome(other.begin(later, address(200 + index)))).toBe('pass');
  });

  it('gives an address its try back, and keeps accounts apart', async () => {
    const [throttle] = processes;
    for (let index = 0; index < 3 * FREE_PER_ADDRESS; index++) {
      const name = account();
      await throttle.begin(name, '203.0.113.9');
      await throttle.succeeded(name, '203.0.113.9');
    }
    expect(await outcome(throttle.begin(account(), '203.0.113.9'))).toBe('pass');
  });

  it('stores no account and no address', async () => {
    await processes[0].begin('rowan@care.example', '203.0.113.77');
    const rows = JSON.stringify(
      await one.dataSource.query(`SELECT encode(key, 'escape') AS key, * FROM core.rate_limit`),
    );
    expect(rows).not.toContain('rowan');
    expect(rows).not.toContain('203.0.113');
    expect(await one.dataSource.query('SELECT key FROM core.rate_limit')).toHaveLength(2);
  });

  it('lets nobody try while the database is away', async () => {
    const { email, browser } = await new Cast(one).person();
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const sql = one.app.get(Sql);
    const first = sql.first.bind(sql);
    const spy = jest.spyOn(sql, 'first');
    spy.mockImplementation((query, values) =>
      query.name.startsWith('access.throttle') ? Promise.reject(away) : first(query, values),
    );
    const answer = await signIn(browser, email);
    spy.mockRestore();
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(browser.jar.has('sid')).toBe(false);
    // What the server answers to such an error is 503.
    expect(isDatabaseGone(away)).toBe(true);
    expect((await signIn(browser, email)).status).toBe(303);
  });
});
