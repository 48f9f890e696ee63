import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AccountService, Programs, SessionService } from '../../../src/features/access/public.js';
import { systemPrincipal, type Principal } from '../../../src/platform/access/principal.js';
import { Sql, type NamedQuery } from '../../../src/platform/database/sql.js';
import { scale } from '../../scale.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { Authenticator } from '../../support/authenticator.js';
import { HttpPerson, type HttpAnswer } from '../../support/http-person.js';
import { enterByPasskey, givePasskey } from '../../support/passkey-person.js';
import { SmallPractice, type Somebody } from '../../support/small-practice.js';

const system = systemPrincipal('test');
/** Requests that started so long after the commit must not succeed. */
const GRACE_MS = 1_000;
/** How long the requests go on after it. */
const AFTER_MS = 2_500;
const LANES = 24;
/** Each key may ask 600 times a minute of one process; the race spreads its requests over this many. */
const KEYS = Math.ceil(scale.racingRequests / 250);
/** Where people reach both processes; a name that passkeys can be made for. */
const SITE = 'http://care.localhost';
const ENV = { ALCOVE_BASE_URL: SITE, ALCOVE_TRUSTED_PROXIES: '1' };

/** Sends one request to one of the two processes; `startedAt` is that of the request that counts. */
type Send = (at: 'one' | 'two') => Promise<Pick<HttpAnswer, 'status' | 'location' | 'startedAt'>>;
type Kinds = readonly (readonly [string, Send])[];

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
    one = await bootApp({ env: ENV });
    two = await bootApp({ beside: one, env: ENV });
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
      const who = await practice.add('clinician');
      // In this order: with a passkey a password alone is only half of signing in.
      const kinds = [...(await kindsOf(who))];
      if (name === 'a suspension') kinds.push(['passkey', await passkeyOf(who)]);
      const race = await raced(kinds, () => revoke(who));
      // Every role may hold a stream of its own account; what it carries follows the role.
      const stays = (kind: string): boolean => name === 'another role' && kind === 'stream';
      expect(late(race).filter(({ kind }) => !stays(kind))).toEqual([]);
      if (name === 'another role') return;
      // Nor does anything that was under way leave a session behind, which would live again when the account does.
      const left = await practice
        .get(DataSource)
        .query<object[]>('SELECT ref FROM core.session WHERE account_id = $1', [who.account]);
      expect(left).toEqual([]);
    },
    600_000,
  );

  it.each<[string, (owner: Principal, id: string, keys: readonly string[]) => Promise<unknown>]>([
    ['the end of a program', (owner, id) => practice.get(Programs).end(owner, id)],
    [
      'the end of its keys',
      async (owner, id, keys) => {
        for (const key of keys) await practice.get(Programs).revokeKey(owner, id, key);
      },
    ],
  ])(
    'lets no key through that was sent a second after %s',
    async (_, revoke) => {
      const { account } = practice.owner;
      const owner: Principal = { kind: 'user', id: account, role: 'owner', permissions: new Set(['*']) };
      const id = await practice.get(Programs).create(owner, { name: 'Log collector', about: '' });
      const scopes = ['audit:read', 'health:read'];
      const keys = [];
      for (let made = 0; made < KEYS; made++)
        keys.push(await practice.get(Programs).createKey(owner, id, { scopes, days: 1 }));
      const ids = keys.map((key) => key.id);
      const texts = keys.map(({ text }) => text);
      expect(late(await raced(kindsOfKeys(texts), () => revoke(owner, id, ids)))).toEqual([]);
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
    const who = await practice.add('clinician');
    expect(late(await raced(await kindsOf(who), () => revocations[0][1](who))).length).toBeGreaterThan(0);
  }, 600_000);

  const late = ({ attempts, committedAt }: Race): Attempt[] =>
    attempts.filter(({ startedAt, success }) => success && startedAt > committedAt + GRACE_MS);
  const addressOf = ({ app }: BootedApp): string =>
    `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
  const addresses = (): Record<'one' | 'two', string> => ({ one: addressOf(one), two: addressOf(two) });
  let networks = 0;
  /** From a network of its own: what is slowed down is not what is looked at. */
  const elsewhere = (): Record<string, string> => {
    networks += 1;
    return { origin: SITE, 'x-forwarded-for': `10.${(networks >> 8) & 255}.${networks & 255}.7` };
  };

  /** What somebody who is signed in asks for, at both processes. */
  async function kindsOf(who: Somebody): Promise<Kinds> {
    const urls = addresses();
    const person = await practice.browser(who, urls.one, { origin: SITE });
    await person.get('/today');
    const other = new HttpPerson(urls.two, { origin: SITE });
    for (const [name, value] of person.jar) other.jar.set(name, value);
    other.token = person.token;
    const browsers = { one: person, two: other };
    return [
      ['page', (at) => browsers[at].get('/today', { frozen: true })],
      ['form', (at) => browsers[at].post('/names', { hidden: 'no', back: '/today' }, { frozen: true })],
      ['stream', (at) => browsers[at].get('/live', { frozen: true, headers: { accept: 'text/event-stream' } })],
      ['fragment', (at) => browsers[at].get('/waiting', { frozen: true })],
    ];
  }

  /** Entering with a passkey of somebody, each time in another browser. */
  async function passkeyOf(who: Somebody): Promise<Send> {
    const urls = addresses();
    const key = new Authenticator(SITE, 'ES256', false);
    const own = await practice.browser(who, urls.one, { origin: SITE });
    await givePasskey(own, key);
    return (at) => enterByPasskey(new HttpPerson(urls[at], elsewhere()), key);
  }

  /** What a program asks for; its keys in turn. */
  function kindsOfKeys(keys: readonly string[]): Kinds {
    const urls = addresses();
    let turn = 0;
    const ask =
      (path: string): Send =>
      (at) => {
        const authorization = `Bearer ${keys[turn++ % keys.length]}`;
        return new HttpPerson(urls[at], { ...elsewhere(), accept: 'application/json', authorization }).get(path);
      };
    return ['whoami', 'health', 'audit?limit=1'].map((name) => [`key: ${name}`, ask(`/api/v1/${name}`)] as const);
  }

  /** Requests of these kinds without a pause, from before the revocation until well after; throws when one kind never went through. */
  async function raced(kinds: Kinds, revoke: () => Promise<unknown>): Promise<Race> {
    const attempts: Attempt[] = [];
    let committedAt = Number.POSITIVE_INFINITY;
    const isOver = (): boolean =>
      attempts.length >= scale.racingRequests && performance.now() > committedAt + GRACE_MS + AFTER_MS;
    const lane = async (number: number): Promise<void> => {
      for (let turn = number; !isOver(); turn++) {
        const [kind, send] = kinds[turn % kinds.length];
        const { status, location, startedAt } = await send(turn % 8 < 4 ? 'one' : 'two');
        const success = status < 300 || (status === 303 && !location?.startsWith('/sign-in'));
        attempts.push({ kind, startedAt, success });
      }
    };
    const lanes = Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    while (attempts.length < scale.racingRequests / 3) await sleep(5);
    await revoke();
    committedAt = performance.now();
    await lanes;
    const before = attempts.filter(({ startedAt }) => startedAt < committedAt - 50);
    for (const [kind] of kinds)
      if (!before.some((attempt) => attempt.kind === kind && attempt.success))
        throw new Error(`${kind} never went through`);
    return { attempts, committedAt };
  }
});

interface Race {
  readonly attempts: readonly Attempt[];
  /** When the revocation had been committed, as the requests' own clock has it. */
  readonly committedAt: number;
}
