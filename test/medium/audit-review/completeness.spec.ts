import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../src/platform/access/principal.js';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { AuditWriter } from '../../../src/platform/audit/audit-writer.js';
import { Directory } from '../../../src/platform/directory/directory.js';
import { RouteTable } from '../../../src/platform/http/route-table.js';
import { ClientDataTrace } from './client-data-trace.js';
import { ReviewWorld, type Browser, type Member } from './support.js';

/**
 * The door tells whoever holds a session link when that session is, and names nobody but the clinician; who holds it is not known before
 * somebody comes in, which is recorded (`arrival.enter`).
 */
const DOOR = '/j/:token';

const SURNAME = 'Quillfeather';

let world: ReviewWorld;
let trace: ClientDataTrace;
let samples: Readonly<Record<string, string>>;
let readers: ReadonlyMap<string, Browser>;
let number: string;

beforeAll(async () => {
  world = await ReviewWorld.open();
  const { app } = world.booted;
  const members = new Map<string, Member>();
  for (const role of ['owner', 'clinician', 'scheduler', 'biller', 'client'] as const)
    members.set(role, await world.member(role, role === 'client' ? `Rowan ${SURNAME}` : `Person ${role}`));
  const clinician = members.get('clinician');
  const client = members.get('client');
  if (!clinician || !client) throw new Error('nobody is there');
  await world.database.query(
    `INSERT INTO core.assignment (id, client_id, clinician_id, kind, from_at)
     VALUES (gen_random_uuid(), $1, $2, 'assigned', now() - interval '1 day')`,
    [client.personId, clinician.personId],
  );
  await world.database.query(`UPDATE core.client SET status = 'active'`);
  const directory = app.get(Directory);
  await directory.refresh([client.personId]);
  number = directory.get(client.personId)?.number ?? '';
  const appointment = await world.appointment(clinician.personId, client.personId, new Date(Date.now() + 5 * 60_000));
  samples = {
    clients: client.personId,
    appointments: appointment,
    sessions: appointment,
  };
  const browsers = new Map<string, Browser>();
  for (const [role, member] of members) browsers.set(role, await world.browser(member));
  readers = browsers;
  trace = new ClientDataTrace(app.getHttpServer() as Server);
}, 90_000);
afterAll(async () => {
  trace.stop();
  await world.close();
});

/** The route's address with ids of this small world. */
const addressOf = (path: string): string => {
  const [, first] = path.split('/');
  return path
    .split('/')
    .map((part) => (part.startsWith(':') ? (samples[first] ?? '1') : part))
    .join('/');
};

const rowsOfPeople = async (): Promise<number> => {
  const [{ count }] = await world.database.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM core.audit_event WHERE actor_kind <> 'system'`,
  );
  return count;
};

/** Opens every page as everybody: pages that showed clients' data, and those of them without a row of the audit. */
async function walk(): Promise<{ shown: string[]; unaudited: string[] }> {
  const shown: string[] = [];
  const unaudited: string[] = [];
  const routes = world.booted.app.get(RouteTable, { strict: false }).routes();
  for (const { method, path } of routes) {
    if (method !== 'GET' || path.startsWith(DOOR)) continue;
    for (const [role, browser] of readers) {
      const before = await rowsOfPeople();
      const { status, html } = await browser.get(addressOf(path));
      const tables = trace.tables();
      // Clients see their own name on every page of theirs; what else they see comes out of tables.
      const named = role !== 'client' && (html.includes(SURNAME) || html.includes(number));
      if (status !== 200 || (tables.length === 0 && !named)) continue;
      const what = `GET ${path} as ${role}`;
      shown.push(what);
      if ((await rowsOfPeople()) === before)
        unaudited.push(`${what} (${[...tables, ...(named ? ['the name or number'] : [])].join(', ')})`);
    }
  }
  return { shown, unaudited };
}

describe('every page that shows clients’ data', () => {
  it('leaves a row of the audit before it answers', async () => {
    const { shown, unaudited } = await walk();
    expect(shown).toEqual(
      expect.arrayContaining([
        'GET /today as clinician',
        'GET /today/lines as clinician',
        'GET /calendar as scheduler',
        'GET /clients as biller',
        'GET /clients/:id as clinician',
        'GET /clients/:id/details as scheduler',
        'GET /appointments/:id as scheduler',
        'GET /appointments/new as scheduler',
        'GET /sessions/:id as clinician',
        'GET /portal as client',
      ]),
    );
    expect(unaudited).toEqual([]);
  }, 120_000);

  it('is noticed when one of them forgets', async () => {
    const writer = world.booted.app.get(AuditWriter);
    const record = writer.record.bind(writer);
    writer.record = (who: Principal, entry: AuditEntry) =>
      entry.action === 'calendar.read' ? Promise.resolve() : record(who, entry);
    const { unaudited } = await walk();
    writer.record = record;
    expect(unaudited.map((one) => one.replace(/ \(.*/, '')).sort()).toEqual(
      expect.arrayContaining(['GET /calendar as clinician', 'GET /calendar as scheduler']),
    );
  }, 120_000);
});
