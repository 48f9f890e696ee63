import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../platform/access/principal.js';
import { decodeMembers } from '../../platform/audit/audit-batch.js';
import { AuditStatus, type AuditState } from '../../platform/audit/audit-status.js';
import { AuditWriter } from '../../platform/audit/audit-writer.js';
import { Clock } from '../../platform/clock.js';
import { Directory } from '../../platform/directory/directory.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { PracticeService } from '../practice/public.js';
import { ActorNameService, type ActorNames } from './actor-names.service.js';
import { readFilter, type AuditFilter } from './audit-filter.js';
import { AuditQueries, type AuditDetail, type AuditLine } from './audit.queries.js';

/** Rows of one page. */
export const PAGE_SIZE = 50;

export interface AuditPage {
  readonly filter: AuditFilter;
  readonly lines: readonly AuditLine[];
  /** Seq to pass as `before` for the next page; null on the last one. */
  readonly next: string | null;
  readonly names: ActorNames;
  readonly staff: readonly { readonly id: string; readonly name: string }[];
  readonly state: AuditState;
  readonly zone: string;
}

export interface AuditEntryFacts {
  readonly line: AuditDetail;
  readonly names: ActorNames;
  readonly sealed: { readonly batch: string; readonly at: Date } | null;
  readonly zone: string;
}

/** The audit for people who may read it. Reading it is recorded like every other look at clients' data. */
@Injectable()
export class AuditViewer {
  constructor(
    private readonly queries: AuditQueries,
    private readonly names: ActorNameService,
    private readonly status: AuditStatus,
    private readonly practices: PracticeService,
    private readonly directory: Directory,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** One page of rows, newest first. A filter with faults finds nothing and says why. */
  async list(who: Principal, query: Readonly<Record<string, unknown>>): Promise<AuditPage> {
    if (!can(who, 'audit:read')) throw notFound();
    const zone = await this.zone();
    const filter = readFilter(query, {
      now: this.clock.now(),
      zone,
      clientId: (number) => this.clientWithNumber(number),
    });
    const sound = Object.keys(filter.faults).length === 0;
    const found = sound ? await this.queries.page(filter.range, filter.wanted, PAGE_SIZE + 1) : [];
    const lines = found.slice(0, PAGE_SIZE);
    const { asked, wanted, range } = filter;
    await this.audit.record(who, {
      action: 'audit.read',
      clientId: wanted.clientId ?? undefined,
      object: wanted.actorId && sound ? `account:${wanted.actorId}` : undefined,
      facts: {
        by: wanted.by,
        what: asked.what,
        from: range.from.toISOString(),
        until: range.until.toISOString(),
        count: lines.length,
      },
    });
    const [names, staff, state] = await Promise.all([
      this.names.namesFor(lines),
      this.names.staffChoices(),
      this.status.state(),
    ]);
    const next = found.length > PAGE_SIZE ? lines[lines.length - 1].seq : null;
    return { filter, lines, next, names, staff, state, zone };
  }

  /** Everything about one row. Throws not-found for a number that no row has. */
  async one(who: Principal, seq: string): Promise<AuditEntryFacts> {
    if (!can(who, 'audit:read') || !/^\d{1,18}$/.test(seq)) throw notFound();
    const line = await this.queries.one(seq);
    if (!line) throw notFound();
    await this.audit.record(who, {
      action: 'audit.read',
      object: `audit-entry:${seq}`,
      clientId: line.client_id ?? undefined,
    });
    const [names, batches, zone] = await Promise.all([
      this.names.namesFor([line]),
      this.queries.batchesOf(seq),
      this.zone(),
    ]);
    const batch = batches.find(({ members }) => decodeMembers(members).some((member) => member.seq === BigInt(seq)));
    return { line, names, sealed: batch ? { batch: batch.no, at: batch.sealed_at } : null, zone };
  }

  /** From memory, so that looking somebody up leaves no trace in a statement log. */
  private clientWithNumber(number: string): string | undefined {
    const wanted = number.replace(/^no\.?\s*/i, '');
    return this.directory.search(wanted, (entry) => entry.kinds.includes('client') && entry.number === wanted, 1).at(0)
      ?.id;
  }

  private async zone(): Promise<string> {
    return (await this.practices.current())?.timeZone ?? 'UTC';
  }
}
