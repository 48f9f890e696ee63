import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Principal } from '../access/principal.js';
import { Clock } from '../clock.js';
import { Sql } from '../database/sql.js';
import { DomainError } from '../errors/domain-error.js';
import type { AuditEntry } from './audit-entry.js';
import { auditColumns, insertAuditRows } from './audit-insert.js';
import { AuditKeys } from './audit-keys.js';
import { auditRow, type AuditRow } from './audit-row.js';
import { AuditWriter } from './audit-writer.js';

/** Rows of one coalesced insert at most. */
const ROWS_PER_INSERT = 1_000;
/** Readers that may wait for their row at once; beyond it the database is not keeping up and they are told so. */
const WAITING_AT_MOST = 20_000;

interface Waiting {
  readonly row: AuditRow;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The audit in PostgreSQL. A read's row joins all others that came while the previous insert was under way: under load one
 * statement and one flush to disk serve hundreds of readers, and a lone reader waits for nobody.
 */
@Injectable()
export class PgAuditWriter extends AuditWriter {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | undefined;

  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly keys: AuditKeys,
  ) {
    super();
  }

  async writeInside(manager: EntityManager, who: Principal, entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const now = this.clock.now();
    const rows = entries.map((entry) => auditRow(who, entry, now));
    await manager.query(insertAuditRows.text, auditColumns(this.keys.leaf, rows));
  }

  async record(who: Principal, entry: AuditEntry): Promise<void> {
    const row = auditRow(who, entry, this.clock.now());
    if (this.waiting.length >= WAITING_AT_MOST) throw new DomainError('unavailable');
    await new Promise<void>((resolve, reject) => {
      this.waiting.push({ row, resolve, reject });
      this.writing ??= this.writeWaiting();
    });
  }

  /** Resolves when every row recorded so far is durable or its reader was told that it is not. */
  async flush(): Promise<void> {
    await this.writing;
  }

  /** Never rejects: each failure goes to the readers whose rows it concerns. */
  private async writeWaiting(): Promise<void> {
    // Readers of the same turn of the event loop join the first insert.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, ROWS_PER_INSERT);
      try {
        const rows = batch.map(({ row }) => row);
        await this.sql.rows(insertAuditRows, auditColumns(this.keys.leaf, rows));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.writing = undefined;
  }
}
