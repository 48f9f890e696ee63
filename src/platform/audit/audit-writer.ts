import type { EntityManager } from 'typeorm';
import type { Principal } from '../access/principal.js';
import type { AuditEntry } from './audit-entry.js';

/** Writes audit rows: changes inside their own transaction, reads coalesced into durable multi-row inserts. */
export abstract class AuditWriter {
  /** Adds the rows of a change to the transaction that makes it. */
  abstract writeInside(manager: EntityManager, who: Principal, entries: readonly AuditEntry[]): Promise<void>;
  /** Records a read or a refusal; resolves when the row is durable. The answer to the reader waits for it. */
  abstract record(who: Principal, entry: AuditEntry): Promise<void>;
}
