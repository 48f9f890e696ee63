import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../clock.js';
import { systemCode } from '../process/error-facts.js';
import { AuditAnchor, type AuditHead } from './audit-anchor.js';
import { GENESIS, nextBatch, type BatchRow } from './audit-batch.js';
import { AuditKeys } from './audit-keys.js';
import { PgAuditWriter } from './pg-audit-writer.js';

const SEAL_EVERY_MS = 1_000;
/** A head goes to the anchor at most this often: the chain makes each head vouch for all batches before it. */
const ANCHOR_EVERY_MS = 10_000;
const ROWS_PER_BATCH = 5_000;

const LOCK = `SELECT pg_try_advisory_xact_lock(hashtextextended('alcove.audit.seal', 0)) AS locked`;
// Ordered by the column, not by its text of the same name, for which 9 comes after 10.
const LAST =
  'SELECT b.no::text AS no, b.total::text AS total, b.hash, b.signature FROM core.audit_batch b ORDER BY b.no DESC LIMIT 1';
/** The left join keeps a row that somebody deleted before it was sealed: the batch then says that it is gone. */
const TAKE = `
  WITH taken AS (
    DELETE FROM core.audit_pending
     WHERE ctid = ANY (ARRAY (SELECT ctid FROM core.audit_pending ORDER BY seq LIMIT ${ROWS_PER_BATCH}))
    RETURNING seq)
  SELECT DISTINCT ON (t.seq) t.seq::text AS seq, e.leaf
    FROM taken t LEFT JOIN core.audit_event e ON e.seq = t.seq ORDER BY t.seq`;
const INSERT = `
  INSERT INTO core.audit_batch (no, from_seq, to_seq, row_count, total, members, rows_hash, prev_hash, hash, signature, sealed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/**
 * Chains what was written since the last look, each second, in one server process at a time. A crash loses nothing: taking rows off the
 * list and adding their batch is one transaction.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AuditSealer.name);
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> | undefined;
  private stopped = false;
  private failing = false;
  private anchored: string | undefined;
  private anchoredAt = Number.NEGATIVE_INFINITY;
  private newest: AuditHead | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: AuditKeys,
    private readonly clock: Clock,
    private readonly anchor: AuditAnchor,
    private readonly writer: PgAuditWriter,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.compareWithAnchor();
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.turn;
    await this.writer.flush();
    await this.attempt(true);
  }

  /** Seals everything on the list now. Answers the number of rows; 0 also when another process is at it. */
  async sealAll(): Promise<number> {
    let rows = 0;
    for (;;) {
      const sealed = await this.sealBatch();
      rows += sealed;
      if (sealed < ROWS_PER_BATCH) return rows;
    }
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.turn = this.attempt(false).finally(() => this.schedule());
    }, SEAL_EVERY_MS);
    this.timer.unref();
  }

  /** One turn. The database being away is a reason to try again in a second, said once; the list waits there meanwhile. */
  private async attempt(last: boolean): Promise<void> {
    try {
      const [{ waiting }] = await this.dataSource.query<{ waiting: boolean }[]>(
        'SELECT EXISTS (SELECT FROM core.audit_pending) AS waiting',
      );
      if (waiting) await this.sealAll();
      await this.anchorNewest(last);
      if (this.failing) this.logger.log('sealing the audit again');
      this.failing = false;
    } catch (error) {
      // The code, not the message: PostgreSQL's messages can quote values.
      if (!this.failing) this.logger.warn(`cannot seal the audit for now (${systemCode(error) ?? 'unknown error'})`);
      this.failing = true;
    }
  }

  private async sealBatch(): Promise<number> {
    const batch = await this.dataSource.transaction(async (manager) => {
      const [{ locked }] = await manager.query<{ locked: boolean }[]>(LOCK);
      if (!locked) return undefined;
      const rows = await manager.query<{ seq: string; leaf: Buffer | null }[]>(TAKE);
      if (rows.length === 0) return undefined;
      const [previous] = await manager.query<BatchRow[]>(LAST);
      const next = nextBatch(this.keys.signing, previous ?? GENESIS, rows, this.clock.now());
      await insertBatch(manager, next);
      return next;
    });
    if (!batch) return 0;
    this.newest = batch;
    return Number(batch.row_count);
  }

  /** After the commit, never before: an anchor that runs ahead of the database would cry wolf. */
  private async anchorNewest(now: boolean): Promise<void> {
    const head = this.newest;
    if (!head || head.no === this.anchored) return;
    if (!now && performance.now() - this.anchoredAt < ANCHOR_EVERY_MS) return;
    await this.anchor.append(head, this.clock.now());
    this.anchored = head.no;
    this.anchoredAt = performance.now();
  }

  /** Anchors what a killed server left unanchored, and says so when the anchor knows a past that the database does not. */
  private async compareWithAnchor(): Promise<void> {
    const [stored] = await this.dataSource.query<BatchRow[]>(LAST);
    const known = await this.anchor.last();
    const ahead = known !== undefined && (stored === undefined || BigInt(known.no) > BigInt(stored.no));
    const differs = known !== undefined && stored?.no === known.no && !stored.hash.equals(known.hash);
    if (ahead || differs) {
      this.logger.error(
        `the audit anchor knows batch ${known.no}, which this database does not have: run "alcove audit verify"`,
      );
    }
    this.newest = stored;
    this.anchored = known && !ahead && !differs ? known.no : undefined;
  }
}

async function insertBatch(manager: EntityManager, batch: BatchRow): Promise<void> {
  await manager.query(INSERT, [
    batch.no,
    batch.from_seq,
    batch.to_seq,
    batch.row_count,
    batch.total,
    batch.members,
    batch.rows_hash,
    batch.prev_hash,
    batch.hash,
    batch.signature,
    new Date(Math.round(Number(batch.sealed_at) * 1000)).toISOString(),
  ]);
}
