import type { DataSource, EntityManager } from 'typeorm';
import { AuditAnchor, type AuditHead } from './audit-anchor.js';
import { batchFault, decodeMembers, GENESIS, memberDigest, type BatchMember, type BatchRow } from './audit-batch.js';
import type { AuditKeys } from './audit-keys.js';
import { ProblemList, type AuditReport, type ProblemKind } from './audit-report.js';
import { auditLeaf } from './audit-row.js';
import {
  allBatches,
  allPending,
  allSeqs,
  batchesByNumber,
  duplicates,
  oldestPending,
  rowsBySeq,
  type StoredRow,
} from './audit-rows.query.js';
import { SeqSet } from './seq-set.js';

/** Rows read and checked at once. */
const ROWS_PER_PAGE = 5_000;
const HEADS_PER_PAGE = 1_000;

export interface VerifyOptions {
  /** Problems listed by name; more are counted. Default 1,000. */
  readonly problems?: number;
}

/**
 * Reads the whole audit in one snapshot and holds it against its keys, its batches and the anchor file. Safe beside a running server.
 * Throws only when it cannot read; everything it finds wrong is in the report.
 */
export async function verifyAudit(
  dataSource: DataSource,
  keys: AuditKeys,
  anchorFile: string,
  options: VerifyOptions = {},
): Promise<AuditReport> {
  const started = performance.now();
  const anchor = new AuditAnchor(anchorFile);
  // Measured before the snapshot: heads are appended after their batch commits, so all up to here are in the snapshot.
  const anchorSize = await anchor.size();
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    // Ten million rows take longer than any page may; the limit of the pool is for pages.
    await manager.query('SET LOCAL statement_timeout = 0');
    const check = new AuditCheck(manager, keys, new ProblemList(options.problems ?? 1_000));
    await check.batches();
    const pending = await check.pending();
    await check.remainingRows(pending);
    await check.duplicates();
    await check.anchor(anchor, anchorSize);
    const oldestSeconds = await oldestPending(manager);
    return check.report(oldestSeconds, Math.round((performance.now() - started) / 100) / 10);
  });
}

class AuditCheck {
  private readonly sealed = new SeqSet();
  private sealedRows = 0;
  private rows = 0;
  private batchCount = 0;
  private unsealed = 0;
  private heads = 0;
  private lastHead: AuditHead | undefined;

  constructor(
    private readonly manager: EntityManager,
    private readonly keys: AuditKeys,
    private readonly problems: ProblemList,
  ) {}

  async batches(): Promise<void> {
    let previous: Pick<BatchRow, 'no' | 'total' | 'hash'> = GENESIS;
    let gathered: { member: BatchMember; batch: string }[] = [];
    for await (const batch of allBatches(this.manager)) {
      this.batchCount++;
      const fault = batchFault(this.keys.verifying, previous, batch);
      if (fault) this.batchProblem(fault, previous.no, batch.no);
      for (const member of decodeMembers(batch.members)) {
        gathered.push({ member, batch: batch.no });
        if (gathered.length < ROWS_PER_PAGE) continue;
        await this.members(gathered);
        gathered = [];
      }
      previous = batch;
    }
    await this.members(gathered);
  }

  /** The list of what waits for a batch; answers the set of its rows. */
  async pending(): Promise<SeqSet> {
    const listed = new SeqSet();
    for await (const page of allPending(this.manager)) {
      for (const { seq, gone } of page) {
        listed.add(BigInt(seq));
        this.unsealed++;
        if (gone) this.problems.add({ kind: 'row-deleted', seq });
        else if (this.sealed.has(BigInt(seq))) this.problems.add({ kind: 'row-sealed-twice', seq });
      }
    }
    return listed;
  }

  /** Rows that no batch holds: they must be on the list and genuine. */
  async remainingRows(pending: SeqSet): Promise<void> {
    for await (const page of allSeqs(this.manager)) {
      this.rows += page.length;
      const rest = page.filter((seq) => !this.sealed.has(BigInt(seq)));
      for (let at = 0; at < rest.length; at += ROWS_PER_PAGE) {
        for (const row of await rowsBySeq(this.manager, rest.slice(at, at + ROWS_PER_PAGE))) {
          if (!pending.has(BigInt(row.seq))) this.problems.add({ kind: 'row-inserted', seq: row.seq });
          else if (!this.genuine(row)) this.problems.add({ kind: 'row-changed', seq: row.seq });
        }
      }
    }
  }

  async duplicates(): Promise<void> {
    for (const { seq } of await duplicates(this.manager, ROWS_PER_PAGE)) {
      this.problems.add({ kind: 'row-duplicated', seq });
    }
  }

  async anchor(anchor: AuditAnchor, size: number | undefined): Promise<void> {
    if (size === undefined) {
      if (this.batchCount > 0) this.problems.add({ kind: 'anchor-missing' });
      return;
    }
    let page: { line: number; head: AuditHead }[] = [];
    for await (const { line, head } of anchor.heads(this.keys.verifying, size)) {
      if (!head) {
        this.problems.add({ kind: 'anchor-damaged', line });
        continue;
      }
      page.push({ line, head });
      if (page.length < HEADS_PER_PAGE) continue;
      await this.compareHeads(page);
      page = [];
    }
    await this.compareHeads(page);
    if (this.heads === 0 && this.batchCount > 0) this.problems.add({ kind: 'anchor-missing' });
  }

  report(oldestSeconds: number | null, seconds: number): AuditReport {
    return {
      rows: this.rows,
      batches: this.batchCount,
      sealed: this.sealedRows,
      unsealed: { count: this.unsealed, oldestSeconds: oldestSeconds === null ? null : Math.round(oldestSeconds) },
      anchor: { heads: this.heads, lastBatch: this.lastHead?.no ?? null, rows: this.lastHead?.total ?? '0' },
      problems: this.problems.kept,
      problemCount: this.problems.count,
      seconds,
    };
  }

  private async members(members: readonly { member: BatchMember; batch: string }[]): Promise<void> {
    if (members.length === 0) return;
    const found = await rowsBySeq(
      this.manager,
      members.map(({ member }) => String(member.seq)),
    );
    const rows = new Map(found.map((row) => [row.seq, row]));
    for (const { member, batch } of members) {
      this.sealedRows++;
      const seq = String(member.seq);
      if (!this.sealed.add(member.seq)) this.problems.add({ kind: 'row-sealed-twice', seq, batch });
      const kind = this.memberFault(member, rows.get(seq));
      if (kind) this.problems.add({ kind, seq, batch });
    }
  }

  private memberFault(member: BatchMember, row: StoredRow | undefined): ProblemKind | undefined {
    if (!row) return 'row-deleted';
    if (!this.genuine(row)) return 'row-changed';
    return memberDigest(row.leaf).equals(member.digest) ? undefined : 'row-moved';
  }

  private genuine(row: StoredRow): boolean {
    return auditLeaf(this.keys.leaf, row).equals(row.leaf);
  }

  /** A jump in the numbers names every number that is missing, within reason. */
  private batchProblem(fault: ProblemKind, previous: string, no: string): void {
    if (fault !== 'batch-missing') {
      this.problems.add({ kind: fault, batch: no });
      return;
    }
    const first = BigInt(previous) + 1n;
    const last = BigInt(no) - 1n;
    for (let missing = first; missing <= last && missing < first + 1_000n; missing++) {
      this.problems.add({ kind: fault, batch: String(missing) });
    }
    if (last < first) this.problems.add({ kind: 'chain-broken', batch: no });
  }

  private async compareHeads(page: readonly { line: number; head: AuditHead }[]): Promise<void> {
    if (page.length === 0) return;
    const stored = await batchesByNumber(
      this.manager,
      page.map(({ head }) => head.no),
    );
    const byNumber = new Map(stored.map((batch) => [batch.no, batch]));
    for (const { line, head } of page) {
      this.heads++;
      if (!this.lastHead || BigInt(head.no) >= BigInt(this.lastHead.no)) this.lastHead = head;
      const batch = byNumber.get(head.no);
      const same = batch !== undefined && batch.hash.equals(head.hash) && batch.total === head.total;
      if (!same) this.problems.add({ kind: 'rolled-back', batch: head.no, line });
    }
  }
}
