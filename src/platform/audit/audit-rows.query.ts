import type { EntityManager } from 'typeorm';
import type { AuditRow } from './audit-row.js';
import type { BatchRow } from './audit-batch.js';

/** A row as stored, everything as text so that no type of JavaScript rounds a change away. */
export interface StoredRow extends AuditRow {
  readonly seq: string;
  readonly leaf: Buffer;
}

const ROW = `e.seq::text AS seq, e.id, extract(epoch FROM e.at)::text AS at, e.actor_kind, e.actor_id, e.role, e.session_ref,
  e.request_id, e.ip, e.action, e.object, e.client_id, e.outcome, e.reason, e.facts::text AS facts, e.leaf`;

/** Above every seq, below none: the largest bigint, and the start of every walk in ascending order. */
const LOWEST = '-9223372036854775808';
const BATCHES_PER_PAGE = 50;
const SEQS_PER_PAGE = 20_000;

export const rowsBySeq = (manager: EntityManager, seqs: readonly string[]): Promise<StoredRow[]> =>
  manager.query<StoredRow[]>(`SELECT ${ROW} FROM core.audit_event e WHERE e.seq = ANY ($1::bigint[])`, [seqs]);

/** All batches by number. */
export async function* allBatches(manager: EntityManager): AsyncGenerator<BatchRow> {
  let after = LOWEST;
  for (;;) {
    const page = await manager.query<BatchRow[]>(
      `SELECT no::text AS no, from_seq::text AS from_seq, to_seq::text AS to_seq, row_count::text AS row_count,
              total::text AS total, members, rows_hash, prev_hash, hash, signature,
              extract(epoch FROM sealed_at)::text AS sealed_at
         FROM core.audit_batch WHERE no > $1 ORDER BY core.audit_batch.no LIMIT ${BATCHES_PER_PAGE}`,
      [after],
    );
    yield* page;
    if (page.length < BATCHES_PER_PAGE) return;
    after = page[page.length - 1].no;
  }
}

/** The numbers of all rows in the table, by page. */
export async function* allSeqs(manager: EntityManager): AsyncGenerator<string[]> {
  let after = LOWEST;
  for (;;) {
    const page = await manager.query<{ seq: string }[]>(
      `SELECT e.seq::text AS seq FROM core.audit_event e WHERE e.seq > $1 ORDER BY e.seq LIMIT ${SEQS_PER_PAGE}`,
      [after],
    );
    if (page.length > 0) yield page.map(({ seq }) => seq);
    if (page.length < SEQS_PER_PAGE) return;
    after = page[page.length - 1].seq;
  }
}

/** The list of rows waiting for a batch, by page; `gone` when the row itself is not there. */
export async function* allPending(manager: EntityManager): AsyncGenerator<{ seq: string; gone: boolean }[]> {
  let after = LOWEST;
  for (;;) {
    const page = await manager.query<{ seq: string; gone: boolean }[]>(
      `SELECT p.seq::text AS seq, e.seq IS NULL AS gone
         FROM (SELECT DISTINCT seq FROM core.audit_pending) p LEFT JOIN core.audit_event e ON e.seq = p.seq
        WHERE p.seq > $1 ORDER BY p.seq LIMIT ${SEQS_PER_PAGE}`,
      [after],
    );
    if (page.length > 0) yield page;
    if (page.length < SEQS_PER_PAGE) return;
    after = page[page.length - 1].seq;
  }
}

/** Rows that carry an id a row before them carries too: a genuine row written a second time. */
export const duplicates = (manager: EntityManager, atMost: number): Promise<{ seq: string }[]> =>
  manager.query<{ seq: string }[]>(
    `SELECT e.seq::text AS seq
       FROM core.audit_event e JOIN (SELECT id, min(seq) AS first FROM core.audit_event GROUP BY id HAVING count(*) > 1) d
         ON d.id = e.id AND e.seq > d.first
      ORDER BY e.seq LIMIT $1`,
    [atMost],
  );

/** Age in seconds of the oldest row on the list. */
export async function oldestPending(manager: EntityManager): Promise<number | null> {
  const [{ seconds }] = await manager.query<{ seconds: number | null }[]>(
    `SELECT extract(epoch FROM now() - min(e.at))::float8 AS seconds
       FROM core.audit_pending p JOIN core.audit_event e ON e.seq = p.seq`,
  );
  return seconds;
}

/** Stored hashes and counts of the batches with these numbers. */
export const batchesByNumber = (
  manager: EntityManager,
  numbers: readonly string[],
): Promise<Pick<BatchRow, 'no' | 'total' | 'hash'>[]> =>
  manager.query<Pick<BatchRow, 'no' | 'total' | 'hash'>[]>(
    'SELECT no::text AS no, total::text AS total, hash FROM core.audit_batch WHERE no = ANY ($1::bigint[])',
    [numbers],
  );
