import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { permissionsOf } from '../../../src/features/access/public.js';
import type { Route } from '../../../src/platform/http/route-table.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson, type HttpAnswer } from '../../support/http-person.js';
import { SmallPractice } from '../../support/small-practice.js';
import { COLUMNS, deepJson, fieldNames, HOSTILE_VALUES } from './support/fields.js';
import { contentOf } from './support/rows.js';
import { filled, isStream, routesOf } from './support/routes.js';

/** The callers, with whether they are a clinician's account. */
const CALLERS = [
  ['owner', false],
  ['clinician', true],
  ['client', false],
] as const;
const SLOW_MS = 2_000;
const FORM = 'application/x-www-form-urlencoded';
/** These change what the one who asks is: a session less, another password. */
const LEAVES = /end-others|\/end$|password|names/;

/** Everything every route is not made for, from callers who may use it: refused plainly, soon, and never as an error of ours. */
describe('bad input', () => {
  let booted: BootedApp;
  let people: HttpPerson[];
  const names = fieldNames();

  beforeAll(async () => {
    booted = await bootApp();
    const practice = await SmallPractice.of(booted);
    const clinician = await practice.add('clinician');
    const client = await practice.add('client', { clinicianId: clinician.personId ?? '' });
    people = [];
    // In the order of CALLERS.
    for (const who of [practice.owner, clinician, client]) people.push(await practice.browser(who));
  }, 60_000);
  afterAll(async () => {
    await booted?.close();
  });

  const fault = (what: string, answer: HttpAnswer): string[] => {
    const ms = answer.endedAt - answer.startedAt;
    if (answer.status >= 500) return [`${what}: ${answer.status}`];
    return ms > SLOW_MS ? [`${what}: took ${Math.round(ms)} ms`] : [];
  };
  /** Who may use the route by its policy, so that the handler is reached and not only the guard. */
  const fitting = ({ policy }: Route): HttpPerson => {
    if (policy?.kind !== 'access') return people[0];
    const held = CALLERS.map(([role, clinician]) => permissionsOf(role, clinician));
    const at = held.findIndex((permissions) => policy.anyOf.some((one) => permissions.has(one)));
    return people[Math.max(0, at)];
  };
  const post = (route: Route, body: string, type: string): Promise<HttpAnswer> => {
    const person = fitting(route);
    const headers = { 'content-type': type, 'x-csrf-token': person.token };
    return person.send('POST', filled(route.path), { body, frozen: true, headers });
  };
  const posts = () => routesOf(booted).filter(({ method, path }) => method === 'POST' && !LEAVES.test(path));
  const gets = () => routesOf(booted).filter(({ method, path }) => method === 'GET' && !isStream(path));

  it('knows the fields of our forms', () => {
    expect(names).toEqual(expect.arrayContaining(['email', 'password', 'legalName']));
  });

  it('believes no forwarding header', async () => {
    const client = new pg.Client(booted.databaseUrl);
    await client.connect();
    try {
      const person = new HttpPerson(booted.url, {
        'x-forwarded-for': '203.0.113.66',
        forwarded: 'for=203.0.113.66',
        'x-real-ip': '203.0.113.66',
        'x-client-ip': '203.0.113.66',
        'cf-connecting-ip': '203.0.113.66',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
      });
      await person.get('/sign-in');
      const refused = await person.post('/sign-in', { email: 'nobody@care.example', password: 'a wrong one here' });
      expect([refused.status, refused.text.includes('evil.example')]).toEqual([422, false]);
      const { rows } = await client.query<{ row: string }>(
        `SELECT row_to_json(a)::text AS row FROM core.audit_event a WHERE action = 'session.refuse' ORDER BY seq DESC LIMIT 1`,
      );
      expect(rows[0].row).toContain('127.0.0.1');
      expect(rows[0].row).not.toContain('203.0.113');
    } finally {
      await client.end();
    }
  });

  it('reaches the handlers, not only the walls in front of them', async () => {
    const statuses = [];
    for (const route of posts()) statuses.push((await post(route, 'nothing=1', FORM)).status);
    expect(statuses.filter((status) => status === 403).length).toBeLessThan(statuses.length / 10);
    expect(statuses.filter((status) => status === 422).length).toBeGreaterThan(10);
  });

  it('would be noticed (planted fault)', () => {
    const answer = { status: 200, location: null, headers: new Headers(), text: '', startedAt: 0, endedAt: 10 };
    expect(fault('a', answer)).toEqual([]);
    expect(fault('a', { ...answer, status: 500 })).toEqual(['a: 500']);
    expect(fault('a', { ...answer, endedAt: SLOW_MS + 1 })).toHaveLength(1);
  });

  it.each(HOSTILE_VALUES)(
    '%s in every field of every form',
    async (_, value) => {
      const faults: string[] = [];
      const body = JSON.stringify(Object.fromEntries(names.map((name) => [name, value])));
      const carried = body.length > 200_000 ? JSON.stringify({ [names[0]]: value, email: value, text: value }) : body;
      for (const route of posts()) {
        const asJson = await post(route, carried, 'application/json');
        faults.push(...fault(`POST ${route.path} as JSON`, asJson));
        if (typeof value !== 'string' || value.length > 10_000) continue;
        const form = new URLSearchParams(names.map((name) => [name, value])).toString();
        faults.push(...fault(`POST ${route.path} as a form`, await post(route, form, FORM)));
      }
      expect(faults).toEqual([]);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
    120_000,
  );

  it('prototypes, other columns, fields twice, lists by name, and JSON that is deep or none', async () => {
    const faults: string[] = [];
    const columns = Object.fromEntries(COLUMNS.map((column) => [column, 'owner']));
    const bodies: readonly (readonly [string, string, string])[] = [
      [
        'a prototype',
        '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}',
        'application/json',
      ],
      [
        'a prototype by name',
        '__proto__[polluted]=yes&constructor.prototype.polluted=yes&constructor[prototype][polluted]=yes',
        FORM,
      ],
      ['other columns', JSON.stringify(columns), 'application/json'],
      ['other columns by name', new URLSearchParams(columns).toString(), FORM],
      [
        'fields twice',
        names
          .map((name) => `${name}=a&${name}=b`)
          .join('&')
          .slice(0, 60_000),
        FORM,
      ],
      [
        'lists by name',
        names
          .map((name) => `${name}[]=a&${name}[0]=b&${name}[a]=c`)
          .join('&')
          .slice(0, 30_000),
        FORM,
      ],
      ['deep JSON', deepJson(10_000), 'application/json'],
      ['JSON that is cut off', '{"email":"a', 'application/json'],
      ['a JSON text', '"text"', 'application/json'],
      ['a JSON list', '[1,2,3]', 'application/json'],
      ['no UTF-8', 'email=%ff%fe%80&name=%c0%af', FORM],
      ['very many fields', Array.from({ length: 2_000 }, (_, index) => `f${index}=1`).join('&'), FORM],
      ['a body that is too large', `email=${'x'.repeat(400_000)}`, FORM],
    ];
    for (const route of posts())
      for (const [what, body, type] of bodies)
        faults.push(...fault(`POST ${route.path}: ${what}`, await post(route, body, type)));
    expect(faults).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  }, 120_000);

  it('every parameter of every page: ids that are none, and queries nobody meant', async () => {
    const faults: string[] = [];
    const values = [
      '0',
      '-1',
      '9007199254740993',
      `' OR 1=1 --`,
      '../../etc/passwd',
      '__proto__',
      'constructor',
      'x'.repeat(3_000),
      '\ud7ff',
      '%',
      'null',
    ];
    const params = [
      ...new Set([...names, 'q', 'sort', 'order', 'filter', 'page', 'limit', 'day', 'week', 'seen', 'before', 'after']),
    ];
    const queries = [
      '\u0000',
      `1; SELECT pg_sleep(5)`,
      '2026-02-30',
      '9'.repeat(400),
      '-1',
      '{"$gt":""}',
      '\u202e',
    ].map((value) => new URLSearchParams(params.map((name) => [name, value])).toString());
    queries.push(
      params
        .map((name) => `${name}[]=a&${name}[__proto__]=b&${name}=a&${name}=b`)
        .join('&')
        .slice(0, 7_000),
    );
    for (const route of gets()) {
      const { path } = route;
      const targets = queries.map((query) => `${filled(path)}?${query}`);
      if (path.includes(':')) targets.push(...values.map((value) => filled(path, value)));
      for (const target of targets) {
        const answer = await fitting(route).get(target, { frozen: true });
        faults.push(...fault(`GET ${path} ${target.slice(0, 80)}`, answer));
      }
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('writes no row for a form with a stale, foreign or missing token', async () => {
    const [owner, clinician] = people;
    const before = await contentOf(booted.databaseUrl);
    const answers = [];
    for (const { path } of posts())
      for (const token of [
        '',
        'x',
        clinician.token,
        owner.token.replace(/^./, (first) => (first === 'a' ? 'b' : 'a')),
      ]) {
        const answer = await owner.send('POST', filled(path), {
          frozen: true,
          body: new URLSearchParams({ _csrf: token, email: 'a@b.example', legalName: 'A' }).toString(),
          headers: { 'content-type': FORM },
        });
        if (answer.status !== 403) answers.push(`POST ${path}: ${answer.status}`);
      }
    // Webhooks and programs with keys carry no token; they are asked for something else.
    expect(answers.filter((line) => !/\/(csp-reports|api\/|webhooks?\/)/.test(line))).toEqual([]);
    expect(await contentOf(booted.databaseUrl)).toEqual(before);
  }, 120_000);
});
