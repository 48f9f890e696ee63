import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import { AuditWriter } from '../../platform/audit/audit-writer.js';
import { Directory } from '../../platform/directory/directory.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { PracticeService } from '../practice/public.js';
import { CareAccess } from '../people/public.js';
import { SEEN_BY_OTHERS } from './actions.js';
import { ActorNameService, type ActorNames } from './actor-names.service.js';
import { AuditQueries, LAST_SEQ, type AuditLine } from './audit.queries.js';

const PAGE_SIZE = 50;

export interface RecordHistory {
  readonly clientId: string;
  readonly lines: readonly AuditLine[];
  /** Seq to pass as `before` for the next page; null on the last one. */
  readonly next: string | null;
  readonly first: boolean;
  readonly names: ActorNames;
  /** IANA zone of the reader's page. */
  readonly zone: string;
}

/** Who opened a client's records: for the client, and for those who work with the client. Never why: a reason may speak of others. */
@Injectable()
export class RecordHistoryService {
  constructor(
    private readonly queries: AuditQueries,
    private readonly names: ActorNameService,
    private readonly care: CareAccess,
    private readonly practices: PracticeService,
    private readonly directory: Directory,
    private readonly audit: AuditWriter,
  ) {}

  /** Their own, in their own zone. Throws not-found for everybody who is not a client: guardians have no such right yet. */
  async own(who: Principal, before: unknown): Promise<RecordHistory> {
    if (who.role !== 'client' || !who.personId) throw notFound();
    const clientId = who.personId;
    await this.audit.record(who, { action: 'access-history.read', object: `client:${clientId}`, clientId });
    const zone = this.directory.get(clientId)?.timeZone ?? who.timeZone ?? 'UTC';
    return this.page(clientId, before, zone);
  }

  /** A client's, for those who may open the chart. */
  async ofClient(who: Principal, clientId: string, before: unknown): Promise<RecordHistory> {
    await this.care.requireOpen(who, clientId);
    await this.audit.record(who, { action: 'chart.history', object: `client:${clientId}`, clientId });
    return this.page(clientId, before, who.timeZone ?? (await this.practices.current())?.timeZone ?? 'UTC');
  }

  /** The newest few, for the chart itself. The right to open the chart has been checked, and its opening recorded. */
  async latest(clientId: string, count: number): Promise<{ lines: readonly AuditLine[]; names: ActorNames }> {
    const lines = await this.queries.seenByOthers(clientId, SEEN_BY_OTHERS, LAST_SEQ, count);
    return { lines, names: await this.names.namesFor(lines) };
  }

  private async page(clientId: string, before: unknown, zone: string): Promise<RecordHistory> {
    const start = typeof before === 'string' && /^\d{1,18}$/.test(before) ? before : LAST_SEQ;
    const found = await this.queries.seenByOthers(clientId, SEEN_BY_OTHERS, start, PAGE_SIZE + 1);
    const lines = found.slice(0, PAGE_SIZE);
    return {
      clientId,
      lines,
      next: found.length > PAGE_SIZE ? lines[lines.length - 1].seq : null,
      first: start === LAST_SEQ,
      names: await this.names.namesFor(lines),
      zone,
    };
  }
}
