import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { LOG, type Log } from '../../../src/platform/logging/log.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson } from '../../support/http-person.js';
import { startTestPostgres, type TestPostgres } from '../../support/postgres.mjs';
import { SmallPractice } from '../../support/small-practice.js';
import { Canaries } from './support/canaries.js';
import { fieldNames } from './support/fields.js';
import { Planting } from './support/planting.js';
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
/** Kinds that a column may hold as they were typed: they are of nobody, and lists are ordered and found by them. */
const IN_CLEAR = /^(field|query|header|cookie other|program|group|invite credential)/;

/** What is typed, sent or carried must turn up nowhere it does not belong. */
describe('canaries', () => {
  const canaries = new Canaries();
  const lines: string[] = [];
  const shown: { what: string; text: string; location: string }[] = [];
  let booted: BootedApp;
  let practice: SmallPractice;
  let postgres: TestPostgres;
  const printed: string[] = [];

  beforeAll(async () => {
    // With a log of its own, as talkative as a server in production may be.
    postgres = await startTestPostgres({ logged: true });
    process.env.TEST_POSTGRES = JSON.stringify(postgres.connection);
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    for (const stream of [process.stdout, process.stderr])
      jest.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => printed.push(String(chunk)) > 0);
    booted = await bootApp({ log: { level: 'trace', destination }, env: { ALCOVE_HOST: 'localhost' } });
    practice = await SmallPractice.of(booted);
    await plant();
  }, 240_000);
  afterAll(async () => {
    jest.restoreAllMocks();
    await booted?.close();
    await postgres?.stop();
  });

  /** Through acts that are taken, then through every form and every page, as everybody, with every header. */
  async function plant(): Promise<void> {
    const headers = Object.fromEntries(HEADERS.map((name) => [name, canaries.of(`header ${name}`)]));
    const clinician = await practice.add('clinician');
    const client = await practice.add('client', { clinicianId: clinician.personId ?? '' });
    await new Planting(practice, canaries).everything(clinician);
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
    // A file name is a field like any other until there are files: it must not break out of its header either.
    await people[0].send('POST', '/sign-in', {
      body: `--x\r\ncontent-disposition: form-data; name="f"; filename="${canaries.of('file name')}.pdf"\r\n\r\n${canaries.of('file')}\r\n--x--`,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
    });
  }

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
  });

  it('are in no line of the log of PostgreSQL', () => {
    const text = readFileSync(postgres.log, 'utf8');
    expect(text).toContain('connection authorized');
    expect(canaries.in(text)).toEqual([]);
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
  });

  it('stand in no column in clear', async () => {
    const core = await tables(`schemaname = 'core'`);
    const leaks = [...core].flatMap(([name, text]) => canaries.in(text).map((kind) => `${name}: ${kind}`));
    const allowed = (leak: string): boolean => {
      const [, kind] = leak.split(': ');
      return IN_CLEAR.test(kind) && !NEVER_SHOWN.test(kind);
    };
    expect(leaks.filter((leak) => !allowed(leak))).toEqual([]);
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

  it('would be found, however they are spelt', () => {
    const canary = canaries.of('field email');
    for (const spelt of [
      canary,
      canary.toUpperCase(),
      Buffer.from(`before ${canary} after`).toString('base64'),
      Buffer.from(`x${canary}`).toString('base64url'),
      Buffer.from(`xy${canary}z`).toString('base64'),
      Buffer.from(canary).toString('hex'),
      Buffer.from(canary).toString('hex').replace(/../g, '%$&'),
      gzipSync(`before ${canary} after`).toString('base64'),
      `\\x${gzipSync(canary).toString('hex')}`,
    ])
      expect([spelt, canaries.in(`{"a":"${spelt}"}`)]).toEqual([spelt, ['field email']]);
    expect(canaries.in('cnry of no kind, H4sIAAAAAAAAA is no gzip that anybody wrote')).toEqual([]);
  });

  it('would be found in every place that was looked at (planted leaks)', async () => {
    const canary = canaries.of('field email');
    const before = lines.length;
    booted.app.get<Log>(LOG).info({ seen: canary }, 'planted');
    expect(canaries.in(lines.slice(before).join(''))).toEqual(['field email']);
    const already = printed.length;
    process.stderr.write(`planted ${canary}\n`);
    expect(canaries.in(printed.slice(already).join(''))).toEqual(['field email']);
    await expect(practice.get(DataSource).query('SELECT $1::uuid', [canary])).rejects.toThrow();
    expect(canaries.in(readFileSync(postgres.log, 'utf8'))).toEqual(['field email']);
    const client = new pg.Client(booted.databaseUrl);
    await client.connect();
    try {
      await client.query(`CREATE TABLE jobs_planted (data jsonb)`);
      await client.query('INSERT INTO jobs_planted VALUES ($1)', [JSON.stringify({ to: canary })]);
      await client.query('SET session_replication_role = replica');
      await client.query(
        `UPDATE core.audit_event SET reason = $1 WHERE seq = (SELECT max(seq) FROM core.audit_event)`,
        [canary],
      );
    } finally {
      await client.end();
    }
    expect(canaries.in([...(await tables(`tablename = 'jobs_planted'`)).values()].join(''))).toEqual(['field email']);
    expect(canaries.in([...(await tables(`tablename = 'audit_event'`)).values()].join(''))).toEqual(['field email']);
  });
});
