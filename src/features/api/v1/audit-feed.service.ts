import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { can, type Principal } from '../../../platform/access/principal.js';
import { decodeMembers } from '../../../platform/audit/audit-batch.js';
import { rowsBySeq, type StoredRow } from '../../../platform/audit/audit-rows.query.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import type { AuditPlace } from './parameters.js';

/** A row of the audit as it is stored: references, codes and keyed hashes. */
export interface FedRow {
  readonly seq: string;
  readonly batch: string;
  readonly id: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly role: string | null;
  readonly sessionRef: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
  readonly action: string;
  readonly object: string | null;
  readonly clientId: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly facts: unknown;
}

export interface AuditPage {
  readonly rows: readonly FedRow[];
  /** Where to go on from. */
  readonly next: AuditPlace;
  /** False when there was nothing more when this was read. */
  readonly more: boolean;
}

/** Most batches hold the rows of one second, so a page looks at many. */
const BATCHES_AT_ONCE = 200;

/** Only as many as a page of $2 rows can need: the first may have been read up to its last row, and one may hold thousands. */
const BATCHES = namedQuery<{ no: string; members: Buffer }>(
  'api.audit-batches',
  `SELECT w.no::text AS no, w.members
     FROM (SELECT f.no, f.members,
                  sum(f.row_count) OVER (ORDER BY f.no) - f.row_count - first_value(f.row_count) OVER (ORDER BY f.no) AS earlier
             FROM (SELECT b.no, b.members, b.row_count FROM core.audit_batch b
                    WHERE b.no >= $1 ORDER BY b.no LIMIT ${BATCHES_AT_ONCE}) f) w
    WHERE w.earlier <= $2 ORDER BY w.no`,
);

/**
 * The audit for another system that keeps a copy. Sealed rows only, batch after batch: numbers of rows are given out before their
 * transactions commit, so "everything after number n" would silently skip what commits late, and batches never grow.
 */
@Injectable()
export class AuditFeed {
  constructor(
    private readonly sql: Sql,
    private readonly dataSource: DataSource,
  ) {}

  /** Up to `limit` rows after `place`. Needs `audit:read`. */
  async after(who: Principal, place: AuditPlace, limit: number): Promise<AuditPage> {
    if (!can(who, 'audit:read')) throw notFound();
    const batches = await this.sql.rows(BATCHES, [place.batch, limit]);
    const places = batches
      .flatMap(({ no, members }) => decodeMembers(members).map(({ seq }) => ({ batch: no, seq: seq.toString() })))
      .filter(({ batch, seq }) => batch !== place.batch || BigInt(seq) > BigInt(place.seq));
    const page = places.slice(0, limit);
    const stored = await rowsBySeq(
      this.dataSource.manager,
      page.map(({ seq }) => seq),
    );
    const bySeq = new Map(stored.map((row) => [row.seq, row]));
    return {
      // A row that was deleted behind our back has nothing to give; `alcove audit verify` names it.
      rows: page.flatMap(({ batch, seq }) => {
        const row = bySeq.get(seq);
        return row ? [fed(row, batch)] : [];
      }),
      next: page.at(-1) ?? place,
      more: places.length > limit || batches.length === BATCHES_AT_ONCE,
    };
  }
}

const fed = (row: StoredRow, batch: string): FedRow => ({
  seq: row.seq,
  batch,
  id: row.id,
  at: new Date(Math.round(Number(row.at) * 1000)).toISOString(),
  actorKind: row.actor_kind,
  actorId: row.actor_id,
  role: row.role,
  sessionRef: row.session_ref,
  requestId: row.request_id,
  ip: row.ip,
  action: row.action,
  object: row.object,
  clientId: row.client_id,
  outcome: row.outcome,
  reason: row.reason,
  facts: row.facts === null ? null : (JSON.parse(row.facts) as unknown),
});
