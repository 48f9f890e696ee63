import { Injectable } from '@nestjs/common';
import { namedQuery, Sql } from '../../platform/database/sql.js';

/** A row of the audit as people read it; `seq` as text, it may outgrow a JavaScript number. */
export interface AuditLine {
  readonly seq: string;
  readonly at: Date;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly role: string | null;
  readonly action: string;
  readonly object: string | null;
  readonly client_id: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>> | null;
}

export interface AuditDetail extends AuditLine {
  readonly id: string;
  readonly session_ref: string | null;
  readonly request_id: string | null;
  readonly ip: string | null;
}

/** Where to look: `from` inclusive, `until` exclusive; `before` is the seq of the last row of the page before. */
export interface AuditRange {
  readonly from: Date;
  readonly until: Date;
  readonly before: string | null;
}

/** What to keep; null keeps everything. */
export interface AuditWanted {
  readonly by: 'staff' | 'clients' | 'programs' | 'server' | null;
  readonly actions: readonly string[] | null;
  readonly outcomes: readonly string[] | null;
  readonly actorId: string | null;
  readonly clientId: string | null;
}

/** Above every row. */
export const LAST_SEQ = '9223372036854775807';

const LINE = `e.seq::text AS seq, e.at, e.actor_kind, e.actor_id, e.role, e.action, e.object, e.client_id, e.outcome, e.reason, e.facts`;

const BY = `CASE WHEN e.actor_kind = 'door' OR (e.actor_kind = 'user' AND e.role IN ('client', 'guardian')) THEN 'clients'
                 WHEN e.actor_kind = 'user' THEN 'staff'
                 WHEN e.actor_kind IN ('plugin', 'service') THEN 'programs' ELSE 'server' END`;

/** The same filters in the same places for each of the statements, whichever index leads. */
const page = (lead: string, order: string, at = 'e.at'): string =>
  `SELECT ${LINE} FROM core.audit_event e
    WHERE ${lead} AND ${at} >= $2::timestamptz AND ${at} < $3::timestamptz
      AND ($4::text IS NULL OR ${BY} = $4::text)
      AND ($5::text[] IS NULL OR e.action = ANY($5::text[]))
      AND ($6::text[] IS NULL OR e.outcome = ANY($6::text[]))
      AND ($7::text IS NULL OR e.actor_id = $7::text)
      AND ($8::uuid IS NULL OR e.client_id = $8::uuid)
    ORDER BY ${order} LIMIT $9`;

/**
 * Whoever looks through a time walks it by the clock: numbers follow it almost always, but not after a server's clock was put right, and
 * an entry must not hide behind that. What one person did, or what was done to one client, is walked by number.
 */
const BY_TIME = 'e.at DESC, e.seq DESC';
const BEFORE_BY_TIME = `(e.at, e.seq) < (coalesce((SELECT b.at FROM core.audit_event b WHERE b.seq = $1::bigint), 'infinity'), $1::bigint)`;

const PAGE = namedQuery<AuditLine>('audit.page', page(BEFORE_BY_TIME, BY_TIME));
const PAGE_OF_REFUSED = namedQuery<AuditLine>(
  'audit.page-of-refused',
  page(`e.outcome <> 'ok' AND ${BEFORE_BY_TIME}`, BY_TIME),
);
/** The same instant in a form that no index knows: a plan kept for all values must not take the index of time for one person's rows. */
const AT_UNINDEXED = `(e.at + interval '0')`;

const PAGE_OF_CLIENT = namedQuery<AuditLine>(
  'audit.page-of-client',
  page('e.client_id = $8::uuid AND e.seq < $1::bigint', 'e.seq DESC', AT_UNINDEXED),
);
const PAGE_OF_ACTOR = namedQuery<AuditLine>(
  'audit.page-of-actor',
  page('e.actor_id = $7::text AND e.seq < $1::bigint', 'e.seq DESC', AT_UNINDEXED),
);

const ONE = namedQuery<AuditDetail>(
  'audit.one',
  `SELECT ${LINE}, e.id, e.session_ref, e.request_id, host(e.ip) AS ip FROM core.audit_event e WHERE e.seq = $1::bigint`,
);

/** Batches whose span holds the row; spans of batches may overlap, so the members decide. */
const BATCHES_OF = namedQuery<{ no: string; sealed_at: Date; members: Buffer }>(
  'audit.batches-of',
  `SELECT b.no::text AS no, b.sealed_at, b.members FROM core.audit_batch b
    WHERE int8range(b.from_seq, b.to_seq, '[]') @> $1::bigint ORDER BY b.no LIMIT 20`,
);

const SEEN = namedQuery<AuditLine>(
  'audit.seen-by-others',
  `SELECT ${LINE} FROM core.audit_event e
    WHERE e.client_id = $1::uuid AND e.seq < $2::bigint AND e.action = ANY($3::text[]) AND e.outcome = 'ok'
      AND e.actor_kind IN ('user', 'service', 'plugin') AND e.role IS DISTINCT FROM 'client' AND e.role IS DISTINCT FROM 'guardian'
    ORDER BY e.seq DESC LIMIT $4`,
);

/** Rows of one span of time as they happened, for walking a week. */
const WALK = namedQuery<AuditLine>(
  'audit.walk',
  `SELECT ${LINE} FROM core.audit_event e
    WHERE e.at >= $2::timestamptz AND e.at < $3::timestamptz
      AND (e.at, e.seq) > (coalesce((SELECT b.at FROM core.audit_event b WHERE b.seq = $1::bigint), '-infinity'), $1::bigint)
    ORDER BY e.at, e.seq LIMIT $4`,
);

const FIRST_AT = namedQuery<{ at: Date }>(
  'audit.first-at',
  'SELECT e.at FROM core.audit_event e ORDER BY e.at, e.seq LIMIT 1',
);

/** Reads of the audit. They check nothing: services do. */
@Injectable()
export class AuditQueries {
  constructor(private readonly sql: Sql) {}

  /** Newest first: one statement, whatever the filter. */
  async page(range: AuditRange, wanted: AuditWanted, limit: number): Promise<AuditLine[]> {
    const { by, actions, outcomes, actorId, clientId } = wanted;
    const values = [range.before ?? LAST_SEQ, range.from, range.until, by, actions, outcomes, actorId, clientId, limit];
    if (clientId) return this.sql.rows(PAGE_OF_CLIENT, values);
    if (actorId) return this.sql.rows(PAGE_OF_ACTOR, values);
    return this.sql.rows(outcomes && !outcomes.includes('ok') ? PAGE_OF_REFUSED : PAGE, values);
  }

  one(seq: string): Promise<AuditDetail | undefined> {
    return this.sql.first(ONE, [seq]);
  }

  batchesOf(seq: string): Promise<{ no: string; sealed_at: Date; members: Buffer }[]> {
    return this.sql.rows(BATCHES_OF, [seq]);
  }

  /** Acts by which somebody other than the client saw this client's records, newest first, below `before`. */
  seenByOthers(clientId: string, actions: readonly string[], before: string, limit: number): Promise<AuditLine[]> {
    return this.sql.rows(SEEN, [clientId, before, actions, limit]);
  }

  /** All rows of a span of time in pages, as they happened. */
  async *walk(from: Date, until: Date, pageSize: number): AsyncGenerator<AuditLine[]> {
    let after = '0';
    for (;;) {
      const rows = await this.sql.rows(WALK, [after, from, until, pageSize]);
      if (rows.length > 0) yield rows;
      if (rows.length < pageSize) return;
      after = rows[rows.length - 1].seq;
    }
  }

  /** When the audit began, or undefined while it is empty. */
  async firstAt(): Promise<Date | undefined> {
    return (await this.sql.first(FIRST_AT))?.at;
  }
}
