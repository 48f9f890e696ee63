import { can, type Principal } from '../../../platform/access/principal.js';
import type { NoticeFacts, NoticeRow } from '../notice.queries.js';
import type { NoticePage } from '../own-notices.service.js';

export interface NoticeView {
  readonly id: string;
  /** i18n key of the sentence, with its values. */
  readonly sentence: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly at: string;
  readonly href: string | null;
  readonly unread: boolean;
}

/** Sentences have values of their own; anything that is neither a text nor a number is written as one. */
const valuesOf = (facts: NoticeFacts): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'number' ? fact : String(fact ?? '')]),
  );

function rowOf(row: NoticeRow): NoticeView {
  return {
    id: row.id,
    sentence: `notices:kind.${row.kind}`,
    values: valuesOf(row.facts),
    at: row.created_at.toISOString(),
    href: row.href,
    unread: row.read_at === null,
  };
}

/** @param firstPage false when the reader has gone on to older ones */
export function noticesView(found: NoticePage, firstPage: boolean) {
  return {
    notices: found.notices.map(rowOf),
    unread: found.unread,
    older: found.next === null ? null : `/notices?after=${found.next}`,
    newer: firstPage ? null : '/notices',
  };
}

/** The frame people know: the portal's for those who live there. */
export const layoutOf = (who: Principal): 'staff' | 'portal' => (can(who, 'portal:use') ? 'portal' : 'staff');

/** The number on the bell stays small enough to read. */
export const badgeModel = (unread: number) => ({ unread, many: unread > 99 });
