import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AccountService, SessionService } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { Sql, type NamedQuery } from '../../../src/platform/database/sql.js';
import { scale } from '../../scale.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson, type HttpAnswer } from '../../support/http-person.js';
import { SmallPractice, type Somebody } from '../../support/small-practice.js';

const system = systemPrincipal('test');
/** Requests that started so long after the commit must not succeed. */
const GRACE_MS = 1_000;
/** How long the requests go on after it. */
const AFTER_MS = 2_500;
const LANES = 24;

interface Attempt {
  readonly kind: string;
  readonly startedAt: number;
  readonly success: boolean;
}

/** Requests of many kinds at two servers of one practice while the access they rest on is taken away. */
describe('the revocation race', () => {
  let one: BootedApp;
  let two: BootedApp;
  let practice: SmallPractice;

  beforeAll(async () => {
    one = await bootApp();
    two = await bootApp({ beside: one });
    practice = await SmallPractice.of(one);
  }, 60_000);
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await two?.close();
    await one?.close();
  });

  const revocations: readonly [string, (who: Somebody) => Promise<unknown>][] = [
    ['a suspension', (who) => practice.get(AccountService).suspend(system, who.account)],
    ['another role', (who) => practice.get(AccountService).changeRole(system, who.account, 'it-admin')],
    [
      'an ended session',
      async (who) => {
        const [{ ref }] = await practice
          .get(DataSource)
          .query<{ ref: string }[]>('SELECT ref FROM core.session WHERE account_id = $1', [who.account]);
        await practice.get(SessionService).revoke({ ...system, kind: 'user', id: who.account }, ref);
      },
    ],
  ];

  it.each(revocations)(
    'lets nothing through that started a second after %s',
    async (name, revoke) => {
      const { attempts, committedAt } = await race(await practice.add('clinician'), revoke);
      expect(attempts.length).toBeGreaterThanOrEqual(scale.racingRequests);
      const before = attempts.filter(({ startedAt }) => startedAt < committedAt - 50);
      const kinds = new Set(attempts.map(({ kind }) => kind));
      for (const kind of kinds)
        expect([kind, before.some((one) => one.kind === kind && one.success)]).toEqual([kind, true]);
      // Every role may hold a stream of its own account; what it carries follows the role.
      const stays = (kind: string): boolean => name === 'another role' && kind === 'stream';
      expect(late(attempts, committedAt).filter(({ kind }) => !stays(kind))).toEqual([]);
    },
    600_000,
  );

  it('notices who a request is being remembered for five seconds (planted fault)', async () => {
    const remembered = new Map<string, { at: number; row: unknown }>();
    for (const { app } of [one, two]) {
      const sql = app.get(Sql, { strict: false });
      const first = sql.first.bind(sql) as (
        query: NamedQuery<object>,
        values?: unknown[],
      ) => Promise<object | undefined>;
      jest.spyOn(sql, 'first').mockImplementation(async (query, values = []) => {
        if (query.name !== 'access.session') return first(query, values);
        const key = (values[0] as Buffer).toString('hex');
        const known = remembered.get(key);
        if (known && performance.now() - known.at < 5_000) return known.row as object;
        const row = await first(query, values);
        if (row) remembered.set(key, { at: performance.now(), row });
        return row;
      });
    }
    const { attempts, committedAt } = await race(await practice.add('clinician'), revocations[0][1]);
    expect(late(attempts, committedAt).length).toBeGreaterThan(0);
  }, 600_000);

  const late = (attempts: readonly Attempt[], committedAt: number): Attempt[] =>
    attempts.filter(({ startedAt, success }) => success && startedAt > committedAt + GRACE_MS);

  async function race(
    who: Somebody,
    revoke: (who: Somebody) => Promise<unknown>,
  ): Promise<{ attempts: Attempt[]; committedAt: number }> {
    const person = await practice.browser(who);
    const day = await person.get('/today');
    person.token = /name="_csrf" value="([^"]+)"/.exec(day.text)?.[1].replaceAll('&#x3D;', '=') ?? person.token;
    const other = new HttpPerson(two.url);
    for (const [name, value] of person.jar) other.jar.set(name, value);
    other.token = person.token;
    const kinds: readonly [string, (browser: HttpPerson) => Promise<HttpAnswer>][] = [
      ['page', (browser) => browser.get('/today', { frozen: true })],
      ['form', (browser) => browser.post('/names', { hidden: 'no', back: '/today' }, { frozen: true })],
      ['stream', (browser) => browser.get('/live', { frozen: true, headers: { accept: 'text/event-stream' } })],
      ['fragment', (browser) => browser.get('/waiting', { frozen: true })],
    ];
    const attempts: Attempt[] = [];
    let committedAt = Number.POSITIVE_INFINITY;
    const isOver = (): boolean =>
      attempts.length >= scale.racingRequests && performance.now() > committedAt + GRACE_MS + AFTER_MS;
    const lane = async (number: number): Promise<void> => {
      for (let turn = number; !isOver(); turn++) {
        const [kind, send] = kinds[turn % kinds.length];
        const { status, location, startedAt } = await send(turn % 8 < 4 ? person : other);
        const success = status < 300 || (status === 303 && !location?.startsWith('/sign-in'));
        attempts.push({ kind, startedAt, success });
      }
    };
    const lanes = Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    while (attempts.length < scale.racingRequests / 3) await sleep(5);
    await revoke(who);
    committedAt = performance.now();
    await lanes;
    return { attempts, committedAt };
  }
});
