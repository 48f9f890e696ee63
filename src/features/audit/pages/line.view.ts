import { didKey, roleKey } from '../act-words.js';
import type { ActorName, ActorNames } from '../actor-names.service.js';
import type { AuditLine } from '../audit.queries.js';

/** One row of the audit as a line of a table. */
export interface LineView {
  readonly seq: string;
  /** ISO instant. */
  readonly at: string;
  readonly actor: ActorName;
  /** i18n key of the sentence; takes `action`. */
  readonly did: string;
  readonly action: string;
  /** True when it did not come to pass: the sentence says that it was tried. */
  readonly tried: boolean;
  readonly client: { readonly number: string | null } | null;
  /** i18n key of the outcome when it is not `ok`. */
  readonly outcome: string | null;
  /** i18n key of the role that allowed it, or null. */
  readonly role: string | null;
  readonly reason: string | null;
}

export const outcomeKey = (outcome: string): string | null => {
  if (outcome === 'ok') return null;
  return outcome === 'refused' ? 'audit:outcome.refused' : 'audit:outcome.failed';
};

export const lineView = (line: AuditLine, names: ActorNames): LineView => ({
  seq: line.seq,
  at: line.at.toISOString(),
  actor: names.of(line),
  did: didKey(line.action),
  action: line.action,
  tried: line.outcome !== 'ok' && !SAYS_ITSELF.has(line.action),
  client: line.client_id === null ? null : { number: names.client(line.client_id) },
  outcome: outcomeKey(line.outcome),
  role: roleKey(line.role),
  reason: line.reason,
});

/** Sentences that tell of a refusal in their own words. */
const SAYS_ITSELF = new Set(['session.refuse', 'route.refuse']);
