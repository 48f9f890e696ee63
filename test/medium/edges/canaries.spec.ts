import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { People } from '../../../src/features/people/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { LOG, type Log } from '../../../src/platform/logging/log.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson } from '../../support/http-person.js';
import { PASSWORD, SmallPractice, ZONE } from '../../support/small-practice.js';
import { Canaries } from './support/canaries.js';
import { fieldNames } from './support/fields.js';
import { filled, isStream, routesOf } from './support/routes.js';

/** Headers a browser, a proxy or somebody curious sends along. */
const HEADERS = [
  'user-agent',
  'referer',
  'accept-language',
  'if-none-match',
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
  'via',
  'from',
  'x-request-id',
  'x-correlation-id',
  'traceparent',
  'x-csrf-token',
  'hx-current-url',
  'hx-target',
  'hx-trigger',
  'hx-prompt',
  'x-requested-with',
  'dnt',
  'sec-ch-ua',
  'x-user',
  'x-api-key',
];
/** Fields whose text people may find again in an answer, because they typed it there themselves; nothing secret is among them. */
const NEVER_SHOWN = /password|code|secret|token|assertion/i;
const DOOR = ['place', 'contact', 'phone'] as const;

/** What is typed, sent or carried must turn up nowhere it does not belong. */
describe('canaries', () => {
  const canaries = new Canaries();
  const lines: string[] = [];
  const shown: { what: string; text: string; location: string }[] = [];
  let booted: BootedApp;
  let practice: SmallPractice;
  const printed: string[] = [];

  beforeAll(async () => {
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    for (const stream of [process.stdout, process.stderr])
      jest.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => printed.push(String(chunk)) > 0);
    booted = await bootApp({ log: { level: 'trace', destination } });
    practice = await SmallPractice.of(booted);
    await plant();
  }, 240_000);
  afterAll(async () => {
    jest.restoreAllMocks();
    await booted?.close();
  });

  /** Through every form and every page, as everybody, with every header; and into a record and a door that take them. */
  async function plant(): Promise<void> {
    const headers = Object.fromEntries(HEADERS.map((name) => [name, canaries.of(`header ${name}`)]));
    const clinician = await practice.add('clinician');
    const client = await practice.add('client', { clinicianId: clinician.personId ?? '' });
    const people: HttpPerson[] = [new HttpPerson(booted.url)];
    for (const who of [practice.owner, clinician, client]) people.push(await practice.browser(who));
    const fields = Object.fromEntries(fieldNames().map((name) => [name, canaries.of(`field ${name}`)]));
    const { 'x-csrf-token': _, ...plain } = headers;
    const query = new URLSearchParams(fieldNames().map((name) => [name, canaries.of(`query ${name}`)])).toString();
    for (const person of people) {
      if (person.token === '') await person.get('/sign-in');
      person.jar.set('other', canaries.of('cookie other'));
      for (const { method, path } of routesOf(booted).filter((route) => !isStream(route.path))) {
        if (/end-others|sessions\/:ref\/end/.test(path)) continue;
        const target = method === 'GET' ? `${filled(path)}?${query}` : filled(path);
        const sent = method === 'GET' ? {} : { fields: { ...fields, _csrf: person.token } };
        const { status, text, location } = await person.send(method, target, { ...sent, headers: plain, frozen: true });
        shown.push({ what: `${method} ${path} ${status}`, text, location: location ?? '' });
      }
    }
    await people[0].get(`/${canaries.of('path')}/x`, { headers: plain });
    await wrongSecrets();
    await realRecords(clinician.personId ?? '');
  }

  /** Refusals of the sign-in with right forms. */
  async function wrongSecrets(): Promise<void> {
    const person = new HttpPerson(booted.url);
    await person.get('/sign-in');
    const email = `${canaries.of('sign-in address')}@care.example`;
    await person.post('/sign-in', { email, password: canaries.of('sign-in password') });
    await person.post('/sign-in/forgot', { email });
    await person.post('/sign-in', {
      email: practice.owner.email,
      password: `${PASSWORD}${canaries.of('near password')}`,
    });
  }

  async function realRecords(clinicianId: string): Promise<void> {
    const id = await practice.get(People).createClient(systemPrincipal('test'), {
      legalName: `Robin ${canaries.of('client legal name')}`,
      chosenName: canaries.of('client chosen name'),
      pronouns: canaries.of('client pronouns'),
      email: `${canaries.of('client email')}@care.example`,
      phone: '(503) 555-0142',
      birthDate: '1991-02-03',
      timeZone: ZONE,
      clinicianId,
    });
    const { door } = await practice.session(clinicianId, id);
    const guest = new HttpPerson(booted.url);
    await guest.get(`${door}/questions`);
    const answers = Object.fromEntries(DOOR.map((name) => [name, canaries.of(`door ${name}`)]));
    const entered = await guest.post(`${door}/enter`, { privacy: 'alone', ...answers, phone: '(503) 555-0142' });
    if (entered.status !== 303) throw new Error(`the door answered ${entered.status}`);
    canaries.of('session link');
    await guest.get(`${door}/waiting`);
    links.push(door.slice('/j/'.length));
  }
  const links: string[] = [];

  /** Every row of a table as text. */
  async function tables(where: string): Promise<Map<string, string>> {
    const client = new pg.Client(booted.databaseUrl);
    await client.connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE ${where}`,
      );
      const found = new Map<string, string>();
      for (const { name } of rows) {
        const content = await client.query<{ row: string }>(`SELECT row_to_json(t)::text AS row FROM ${name} t`);
        found.set(name, content.rows.map(({ row }) => row).join('\n'));
      }
      return found;
    } finally {
      await client.end();
    }
  }

  it('are of at least 200 kinds', () => expect(canaries.kinds.length).toBeGreaterThanOrEqual(200));

  it('are in no line of the log at its most talkative, and on no console', () => {
    expect(lines.length).toBeGreaterThan(100);
    expect(canaries.in(lines.join(''))).toEqual([]);
    expect(canaries.in(printed.join(''))).toEqual([]);
    for (const link of links) expect(lines.join('').includes(link)).toBe(false);
  });

  it('are in no metric', async () => {
    const { text, status } = await new HttpPerson(booted.url).get('/metrics');
    expect(status).toBe(200);
    expect(canaries.in(text)).toEqual([]);
  });

  it('are in no job, no event and no row of the audit', async () => {
    const jobs = await tables(`schemaname NOT IN ('core', 'pg_catalog', 'information_schema')`);
    expect(jobs.size).toBeGreaterThan(3);
    for (const [name, text] of jobs) expect([name, canaries.in(text)]).toEqual([name, []]);
    const audit = await tables(`schemaname = 'core' AND tablename LIKE 'audit%'`);
    expect([...audit.values()].join('').length).toBeGreaterThan(1_000);
    for (const [name, text] of audit) expect([name, canaries.in(text)]).toEqual([name, []]);
    for (const link of links) expect([...jobs.values(), ...audit.values()].join('').includes(link)).toBe(false);
  });

  it('of records, doors and sign-ins stand in no column in clear', async () => {
    const core = await tables(`schemaname = 'core'`);
    const leaks = [...core].flatMap(([name, text]) =>
      canaries
        .in(text)
        .filter((kind) => /^(client|door|sign-in|near)/.test(kind) || NEVER_SHOWN.test(kind))
        .map((kind) => `${name}: ${kind}`),
    );
    expect(leaks).toEqual([]);
  });

  it('never come back where they are secret, and are in no address people are sent to', () => {
    const faults = shown.flatMap(({ what, text, location }) => [
      ...canaries
        .in(text)
        .filter((kind) => kind.startsWith('field') && NEVER_SHOWN.test(kind))
        .map((kind) => `${what}: ${kind}`),
      ...canaries
        .in(text)
        .filter((kind) => /^(header|cookie)/.test(kind))
        .map((kind) => `${what}: ${kind}`),
      ...canaries
        .in(location)
        .filter((kind) => !kind.startsWith('query'))
        .map((kind) => `${what}: sent to ${kind}`),
    ]);
    expect(faults).toEqual([]);
  });

  it('would be found (planted leaks): as they are, in base64, in hex, in capitals', () => {
    const canary = canaries.of('field email');
    const log = booted.app.get<Log>(LOG);
    const before = lines.length;
    log.info({ seen: canary }, 'planted');
    expect(canaries.in(lines.slice(before).join(''))).toEqual(['field email']);
    for (const spelt of [
      canary.toUpperCase(),
      Buffer.from(`before ${canary} after`).toString('base64'),
      Buffer.from(`x${canary}`).toString('base64'),
      Buffer.from(`xy${canary}z`).toString('base64'),
      Buffer.from(canary).toString('hex'),
    ])
      expect(canaries.in(spelt)).toEqual(['field email']);
  });
});
