import { Temporal } from 'temporal-polyfill';
import { isId } from '../../platform/ids.js';
import { ACTION_GROUPS, actionsIn, type ActionGroup } from './actions.js';
import { isDay, startOfDay } from './days.js';
import type { AuditRange, AuditWanted } from './audit.queries.js';

export const WHO = ['everyone', 'staff', 'clients', 'programs', 'server'] as const;
export const WHAT = ['all', ...ACTION_GROUPS, 'refused'] as const;
export const WHEN = ['today', 'week', 'dates'] as const;

/** Longest span of chosen dates, in days, while nothing else narrows the search. */
const LONGEST_DAYS = 92;

/** What was asked for, as it goes back into the form. */
export interface AuditAsked {
  /** One of `WHO`, or an account's id. */
  readonly who: string;
  readonly what: (typeof WHAT)[number];
  readonly when: (typeof WHEN)[number];
  /** `YYYY-MM-DD`, or as typed when it is none. */
  readonly from: string;
  readonly until: string;
  /** A client's number as typed. */
  readonly client: string;
}

export interface AuditFilter {
  readonly asked: AuditAsked;
  /** Field to i18n key of what to do about it; nothing is searched while there is any. */
  readonly faults: Readonly<Record<string, string>>;
  readonly range: AuditRange;
  readonly wanted: AuditWanted;
}

interface Surroundings {
  readonly now: Date;
  /** IANA zone of the practice. */
  readonly zone: string;
  /** The client with this number, or undefined. */
  readonly clientId: (number: string) => string | undefined;
}

/** Reads the query of the page. Pure; nothing typed is ever lost, and nothing typed reaches a statement unless it is known. */
export function readFilter(query: Readonly<Record<string, unknown>>, around: Surroundings): AuditFilter {
  const faults: Record<string, string> = {};
  const who = text(query.who) || 'everyone';
  const what = WHAT.find((one) => one === (text(query.what) || 'all'));
  const asked: AuditAsked = {
    who,
    what: what ?? 'all',
    when: WHEN.find((one) => one === text(query.when)) ?? 'today',
    from: text(query.from),
    until: text(query.until),
    client: text(query.client),
  };
  const known = WHO.find((one) => one === who);
  if (!known && !isId(who)) faults.who = 'audit:fault.choose';
  if (!what) faults.what = 'audit:fault.choose';
  const clientId = asked.client === '' ? null : (around.clientId(asked.client) ?? null);
  if (asked.client !== '' && clientId === null) faults.client = 'audit:fault.client';
  const before = text(query.before);
  const narrowed = clientId !== null || !known;
  return {
    asked,
    range: {
      ...spanOf(asked, narrowed, around, faults),
      before: /^\d{1,18}$/.test(before) ? before : null,
    },
    wanted: {
      by: known && known !== 'everyone' ? known : null,
      actorId: known ? null : who,
      actions: isGroup(asked.what) ? actionsIn(asked.what) : null,
      outcomes: asked.what === 'refused' ? ['refused', 'failed'] : null,
      clientId,
    },
    faults,
  };
}

const isGroup = (what: string): what is ActionGroup => ACTION_GROUPS.some((group) => group === what);

/** From the first to the last day asked for, both included, in the practice's zone. */
function spanOf(
  { when, from, until }: AuditAsked,
  narrowed: boolean,
  { now, zone }: Surroundings,
  faults: Record<string, string>,
): { from: Date; until: Date } {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone).toPlainDate();
  const span = (first: Temporal.PlainDate, last: Temporal.PlainDate) => ({
    from: startOfDay(first, zone),
    until: startOfDay(last.add({ days: 1 }), zone),
  });
  if (when === 'today') return span(today, today);
  if (when === 'week') return span(today.subtract({ days: 6 }), today);
  if (!isDay(from)) faults.from = 'audit:fault.day';
  if (!isDay(until)) faults.until = 'audit:fault.day';
  if (faults.from || faults.until) return span(today, today);
  const first = Temporal.PlainDate.from(from);
  const last = Temporal.PlainDate.from(until);
  if (Temporal.PlainDate.compare(first, last) > 0) faults.until = 'audit:fault.order';
  else if (!narrowed && first.until(last).days >= LONGEST_DAYS) faults.until = 'audit:fault.span';
  return span(first, last);
}

/** One short text; lists, objects and what is too long count as nothing. */
const text = (value: unknown): string =>
  typeof value === 'string' && value.length <= 100 ? value.normalize('NFC').replaceAll('\u0000', '').trim() : '';
