import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Principal } from '../access/principal.js';
import type { AuditEntry } from '../audit/audit-entry.js';
import { AuditWriter } from '../audit/audit-writer.js';
import { EventBus } from '../events/event-bus.js';
import { LiveBus } from '../live/live-bus.js';

/** One business change: everything said through it commits together or not at all. */
export interface Tx {
  readonly manager: EntityManager;
  readonly who: Principal;
  /** Adds a row to the audit of this change. */
  audit(entry: AuditEntry): void;
  /** Sends a durable event to its subscribers: `type` is `aggregate.verb`; `key` orders events of one aggregate; references only. */
  emit(type: string, key: string, payload: Readonly<Record<string, string>>): void;
  /** Tells open pages that `topic` changed, after the commit; carries no content. */
  live(topic: string, event: string, data?: Readonly<Record<string, string>>): void;
}

/**
 * The unit of work. A change without an audit row is a programming error and rolls back, so that "a change and its audit row commit
 * together" does not depend on anybody's memory.
 */
@Injectable()
export class Work {
  constructor(
    private readonly dataSource: DataSource,
    private readonly auditWriter: AuditWriter,
    private readonly events: EventBus,
    private readonly liveBus: LiveBus,
  ) {}

  async run<T>(who: Principal, change: (tx: Tx) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const entries: AuditEntry[] = [];
      const events: { type: string; key: string; payload: Readonly<Record<string, string>> }[] = [];
      const signals: { topic: string; event: string; data: Readonly<Record<string, string>> }[] = [];
      const result = await change({
        manager,
        who,
        audit: (entry) => void entries.push(entry),
        emit: (type, key, payload) => void events.push({ type, key, payload }),
        live: (topic, event, data = {}) => void signals.push({ topic, event, data }),
      });
      if (entries.length === 0) throw new Error('a unit of work ended without an audit entry');
      await this.auditWriter.writeInside(manager, who, entries);
      for (const event of events) await this.events.publishInside(manager, event.type, event.key, event.payload);
      for (const signal of signals) await this.liveBus.publishInside(manager, signal.topic, signal.event, signal.data);
      return result;
    });
  }
}
