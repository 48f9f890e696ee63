import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SEEN_BY_OTHERS } from '../../../src/features/audit/actions.js';
import { AuditQueries, LAST_SEQ, type AuditWanted } from '../../../src/features/audit/audit.queries.js';
import { AuditReading1764000700001 } from '../../../src/features/audit/migrations/reading.migration.js';
import type { NamedQuery, Sql } from '../../../src/platform/database/sql.js';
import { newId } from '../../../src/platform/ids.js';
import { auditWorld, entry, somebody, type AuditWorld } from '../audit/support.js';

let world: AuditWorld;
beforeAll(async () => {
  world = await auditWorld();
  // Many people: where there is one alone, every row is theirs and no index helps.
  for (let people = 0; people < 40; people++) {
    const who = { ...somebody, id: newId() };
    const entries = Array.from({ length: 500 }, (_, at) => entry(at));
    await world.dataSource.transaction((manager) => world.writer.writeInside(manager, who, entries));
  }
  const runner = world.dataSource.createQueryRunner();
  const migration = new AuditReading1764000700001();
  // Repeatable: a build that was broken off is begun again.
  await migration.up(runner);
  await migration.up(runner);
  await runner.release();
  await world.dataSource.query('VACUUM ANALYZE core.audit_event');
}, 120_000);
afterAll(() => world.close());

/** The plan that PostgreSQL keeps for a statement of the queries, whatever the values. */
async function planOf(ask: (queries: AuditQueries) => Promise<unknown>): Promise<string> {
  const sent: { text: string; values: unknown[] }[] = [];
  const sql = {
    rows: (query: NamedQuery<never>, values: unknown[] = []) => {
      sent.push({ text: query.text, values });
      return Promise.resolve([]);
    },
  } as unknown as Sql;
  await ask(new AuditQueries(sql));
  const [{ text, values }] = sent;
  return world.dataSource.transaction(async (manager) => {
    await manager.query('SET LOCAL plan_cache_mode = force_generic_plan');
    const name = `p${newId().replaceAll('-', '')}`;
    await manager.query(`PREPARE ${name} AS ${text}`);
    const literals = values.map((value) => literal(value)).join(', ');
    const lines = await manager.query<Record<'QUERY PLAN', string>[]>(`EXPLAIN EXECUTE ${name}(${literals})`);
    await manager.query(`DEALLOCATE ${name}`);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  });
}

function literal(value: unknown): string {
  if (value === null) return 'NULL';
  if (value instanceof Date) return `'${value.toISOString()}'`;
  if (Array.isArray(value)) return `'{${value.join(',')}}'`;
  return `'${String(value)}'`;
}

const range = { from: new Date(Date.now() - 86_400_000), until: new Date(), before: null };
const all: AuditWanted = { by: null, actions: null, outcomes: null, actorId: null, clientId: null };

describe('reading the audit', () => {
  it.each([
    ['a time', all, 'audit_event_time'],
    ['what was refused', { ...all, outcomes: ['refused', 'failed'] }, 'audit_event_refused'],
    ['one client', { ...all, clientId: newId() }, 'audit_event_client'],
    ['one person', { ...all, actorId: newId() }, 'audit_event_actor'],
  ] as const)('of %s walks its index and sorts nothing', async (_, wanted, index) => {
    const plan = await planOf((queries) => queries.page(range, wanted, 51));
    expect(plan).toContain(`using ${index}`);
    expect(plan).not.toMatch(/Sort|Seq Scan/);
  });

  it('walks a week by time, and who opened a client’s records by client', async () => {
    const week = await planOf((queries) => queries.walk(range.from, range.until, 5_000).next());
    expect(week).toContain('using audit_event_time');
    const seen = await planOf((queries) => queries.seenByOthers(newId(), SEEN_BY_OTHERS, LAST_SEQ, 51));
    expect(seen).toContain('using audit_event_client');
    expect(`${week}${seen}`).not.toMatch(/Sort|Seq Scan/);
  });

  it('is noticed when the index is gone', async () => {
    await world.dataSource.query('DROP INDEX core.audit_event_time');
    expect(await planOf((queries) => queries.page(range, all, 51))).toMatch(/Sort|Seq Scan/);
  });
});
