import { DomainError } from '../../../platform/errors/domain-error.js';
import { API_ERRORS } from '../api.errors.js';

/** Where a reader of the audit stands: the last batch it saw something of, and the last row of that batch it saw. */
export interface AuditPlace {
  readonly batch: string;
  readonly seq: string;
}

export const LARGEST_PAGE = 1_000;
const USUAL_PAGE = 500;
/** Before everything. */
const START: AuditPlace = { batch: '0', seq: '0' };

/**
 * `<batch>.<seq>` as a place; absent means the beginning.
 *
 * @throws DomainError `api.parameter`
 */
export function readPlace(after: unknown): AuditPlace {
  if (after === undefined) return START;
  // Eighteen digits always fit into PostgreSQL's bigint.
  const parts = typeof after === 'string' ? /^(\d{1,18})\.(\d{1,18})$/.exec(after) : null;
  if (!parts) throw new DomainError(API_ERRORS['api.parameter']);
  return { batch: parts[1], seq: parts[2] };
}

export const placeText = ({ batch, seq }: AuditPlace): string => `${batch}.${seq}`;

/**
 * Rows per answer, 1 to 1,000.
 *
 * @throws DomainError `api.parameter`
 */
export function readLimit(limit: unknown): number {
  if (limit === undefined) return USUAL_PAGE;
  const wanted = typeof limit === 'string' && /^\d{1,4}$/.test(limit) ? Number(limit) : 0;
  if (wanted < 1 || wanted > LARGEST_PAGE) throw new DomainError(API_ERRORS['api.parameter']);
  return wanted;
}
