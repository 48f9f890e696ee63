import type { Sealed } from '../../../platform/crypto/vault.js';
import { isId } from '../../../platform/ids.js';
import type { Finding, ReviewWeek } from './review.model.js';
import type { FindingRow, WeekRow } from './review.repository.js';

/** Class of the key that seals reviewers' notes. */
export const NOTE_CLASS = 'secret';

/** A finding names an account as its actor, or as the one whose sign-in was tried. */
export const isAbout = (finding: Pick<FindingRow, 'actor_kind' | 'actor_id'>, accountId: string): boolean =>
  finding.actor_id === accountId && (finding.actor_kind === 'user' || finding.actor_kind === 'account');

/** The same for a finding as pages have it. */
export const isAboutFinding = (finding: Finding, accountId: string): boolean =>
  isAbout({ actor_kind: finding.actorKind, actor_id: finding.actorId }, accountId);

/** The people of a finding, as rows of the audit name them. */
export const actorsOf = (row: FindingRow) => {
  const of = actorOf({ actorKind: row.actor_kind, actorId: row.actor_id, clientId: row.client_id });
  return row.decided_by === null ? [of] : [of, { actor_kind: 'user', actor_id: row.decided_by, client_id: null }];
};

/** An account whose sign-in was tried is named like one that acted. */
export const actorOf = (finding: Pick<Finding, 'actorKind' | 'actorId' | 'clientId'>) => ({
  actor_kind: finding.actorKind === 'account' && isId(finding.actorId) ? 'user' : finding.actorKind,
  actor_id: finding.actorId,
  client_id: finding.clientId,
});

export const findingPlace = (row: string) => ({ table: 'review_finding', column: 'note', row });
export const weekPlace = (row: string) => ({ table: 'review_week', column: 'note', row });
export const sealedNote = (place: Sealed['place'], ciphertext: Buffer): Sealed => ({
  dataClass: NOTE_CLASS,
  place,
  ciphertext,
});

export const findingFrom = (row: FindingRow, note: string | null): Finding => ({
  id: row.id,
  week: row.week_start,
  rule: row.rule,
  actorKind: row.actor_kind,
  actorId: row.actor_id,
  clientId: row.client_id,
  firstSeq: row.first_seq,
  lastSeq: row.last_seq,
  firstAt: row.first_at,
  lastAt: row.last_at,
  count: row.count,
  facts: row.facts,
  state: row.state,
  note,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at,
  decidedAlone: row.decided_alone,
});

export const weekFromRow = (row: WeekRow, note: string | null): ReviewWeek => ({
  start: row.week_start,
  rowsRead: row.rows_read,
  signedBy: row.signed_by,
  signedAt: row.signed_at,
  note,
  openCount: row.open_count,
});
