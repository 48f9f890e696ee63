import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scale } from '../../scale.js';
import { auditWorld, type AuditWorld } from '../audit/support.js';

const PAGE = 5_000;
/** What checking may cost beside only reading and hashing the same rows. */
const AT_MOST = 3;

let world: AuditWorld;
beforeAll(async () => {
  world = await auditWorld();
  for (let rows = 0; rows < scale.verifiedRows; rows += PAGE) await world.write(PAGE);
  await world.seal();
  await world.dataSource.query('VACUUM ANALYZE core.audit_event');
}, 600_000);
afterAll(() => world.close());

/** Reads every row and makes one keyed hash of it, and nothing else. */
async function barePass(): Promise<number> {
  let after = '0';
  for (let rows = 0; ;) {
    const page = await world.dataSource.query<{ seq: string }[]>(
      `SELECT e.seq::text AS seq, e.id, extract(epoch FROM e.at)::text AS at, e.actor_kind, e.actor_id, e.role, e.session_ref,
              e.request_id, e.ip, e.action, e.object, e.client_id, e.outcome, e.reason, e.facts::text AS facts, e.leaf
         FROM core.audit_event e WHERE e.seq > $1 ORDER BY e.seq LIMIT ${PAGE}`,
      [after],
    );
    for (const row of page)
      createHmac('sha256', world.keys.leaf)
        .update(JSON.stringify(Object.values(row)))
        .digest();
    rows += page.length;
    if (page.length < PAGE) return rows;
    after = page[page.length - 1].seq;
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> {
  const started = performance.now();
  const result = await work();
  return { result, ms: performance.now() - started };
}

it('verifying costs at most three times a bare pass over the same rows', async () => {
  const ratios: number[] = [];
  for (let round = 0; round < 3; round++) {
    const bare = await timed(barePass);
    const verified = await timed(() => world.verify());
    expect(verified.result).toMatchObject({ rows: bare.result, sealed: bare.result, problemCount: 0 });
    ratios.push(verified.ms / bare.ms);
    process.stdout.write(
      `verify: ${bare.result} rows, ${Math.round(verified.ms)} ms, ${ratios[round].toFixed(2)} times a bare pass\n`,
    );
  }
  // On a small and busy machine a single round says little: the best of three is what the code costs.
  if (scale.verifiedRows >= 100_000) expect(Math.min(...ratios)).toBeLessThanOrEqual(AT_MOST);
}, 600_000);
