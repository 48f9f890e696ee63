import type { KeyObject } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { namedQuery } from '../database/sql.js';
import { auditLeaf, type AuditRow } from './audit-row.js';

/**
 * Any number of rows in one statement. Each row is also put on the list of what still has to be sealed, in the same transaction, so
 * that the sealer needs no guess about sequences that commit out of order: whatever it sees on the list is committed, and whatever is
 * not yet committed will be on the list later.
 */
export const insertAuditRows = namedQuery<QueryResultRow>(
  'audit.insert',
  `WITH written AS (
     INSERT INTO core.audit_event (id, at, actor_kind, actor_id, role, session_ref, request_id, ip, action, object, client_id,
                                   outcome, reason, facts, leaf)
     SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::inet[],
                          $9::text[], $10::text[], $11::uuid[], $12::text[], $13::text[], $14::jsonb[], $15::bytea[])
     RETURNING seq)
   INSERT INTO core.audit_pending (seq) SELECT seq FROM written`,
);

/** The parameters of `insertAuditRows`: one array per column. */
export function auditColumns(key: KeyObject, rows: readonly AuditRow[]): unknown[] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => new Date(Math.round(Number(row.at) * 1000)).toISOString()),
    rows.map((row) => row.actor_kind),
    rows.map((row) => row.actor_id),
    rows.map((row) => row.role),
    rows.map((row) => row.session_ref),
    rows.map((row) => row.request_id),
    rows.map((row) => row.ip),
    rows.map((row) => row.action),
    rows.map((row) => row.object),
    rows.map((row) => row.client_id),
    rows.map((row) => row.outcome),
    rows.map((row) => row.reason),
    rows.map((row) => row.facts),
    rows.map((row) => auditLeaf(key, row)),
  ];
}
