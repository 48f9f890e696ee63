import type { Principal } from '../../../platform/access/principal.js';
import { can } from '../../../platform/access/principal.js';
import { adminTabs, type AdminTab } from '../../admin/public.js';
import { WHAT, WHEN, WHO, type AuditAsked } from '../audit-filter.js';
import type { AuditEntryFacts, AuditPage } from '../audit-viewer.service.js';
import { lineView, type LineView } from './line.view.js';

interface Choice {
  readonly value: string;
  /** i18n key, or a finished name. */
  readonly label: string;
  readonly selected: boolean;
}

export interface AuditListView {
  readonly tabs: readonly AdminTab[];
  readonly who: readonly Choice[];
  readonly what: readonly Choice[];
  readonly when: readonly Choice[];
  readonly asked: AuditAsked;
  readonly errors: Readonly<Record<string, string>>;
  readonly lines: readonly LineView[];
  /** True when a line needs its date beside its time. */
  readonly dated: boolean;
  readonly zone: string;
  readonly now: string;
  readonly sealedRows: number;
  readonly newest: string | null;
  readonly older: string | null;
  /** True when another filter could show more. */
  readonly narrowed: boolean;
  readonly review: boolean;
}

export function auditListView(who: Principal, page: AuditPage, now: Date): AuditListView {
  const { asked, faults, range } = page.filter;
  const choices = (start: string, values: readonly string[], current: string): Choice[] =>
    values.map((value) => ({ value, label: `${start}${value}`, selected: value === current }));
  return {
    tabs: adminTabs(who, 'audit'),
    who: [
      ...choices('audit:who.', WHO, asked.who),
      ...page.staff.map(({ id, name }) => ({ value: id, label: name, selected: id === asked.who })),
    ],
    what: choices('audit:what.', WHAT, asked.what),
    when: choices('audit:when.', WHEN, asked.when),
    asked,
    errors: faults,
    lines: page.lines.map((line) => lineView(line, page.names)),
    dated: asked.when !== 'today',
    zone: page.zone,
    now: now.toISOString(),
    sealedRows: page.state.sealedRows,
    newest: range.before === null ? null : hrefOf(asked, null),
    older: page.next === null ? null : hrefOf(asked, page.next),
    narrowed: asked.who !== 'everyone' || asked.what !== 'all' || asked.client !== '',
    review: can(who, 'audit:review'),
  };
}

/** The same search again, from another row on. */
export function hrefOf(asked: AuditAsked, before: string | null): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== '') parameters.set(name, value);
  if (before !== null) parameters.set('before', before);
  return `/admin/audit?${parameters.toString()}`;
}

export interface AuditEntryView {
  readonly tabs: readonly AdminTab[];
  readonly line: LineView;
  readonly zone: string;
  readonly batch: string | null;
  readonly sealedAt: string | null;
  readonly id: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly object: string | null;
  readonly clientId: string | null;
  readonly outcomeCode: string;
  readonly roleCode: string | null;
  readonly sessionRef: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

export const auditEntryView = (who: Principal, { line, names, sealed, zone }: AuditEntryFacts): AuditEntryView => ({
  tabs: adminTabs(who, 'audit'),
  line: lineView(line, names),
  zone,
  batch: sealed?.batch ?? null,
  sealedAt: sealed?.at.toISOString() ?? null,
  id: line.id,
  actorKind: line.actor_kind,
  actorId: line.actor_id,
  object: line.object,
  clientId: line.client_id,
  outcomeCode: line.outcome,
  roleCode: line.role,
  sessionRef: line.session_ref,
  requestId: line.request_id,
  ip: line.ip,
  facts: Object.entries(line.facts ?? {}).map(([name, value]) => ({ name, value: String(value) })),
});
