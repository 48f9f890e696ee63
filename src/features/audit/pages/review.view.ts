import type { Principal } from '../../../platform/access/principal.js';
import { adminTabs, type AdminTab } from '../../admin/public.js';
import type { ActorName, ActorNames } from '../actor-names.service.js';
import { localMoments, weekFrom } from '../days.js';
import type { Finding } from '../review/review.model.js';
import { actorOf, isAboutFinding } from '../review/review.rows.js';
import type { ReviewPage } from '../review/review.service.js';
import { hrefOf } from './audit.view.js';

export interface FindingView {
  readonly id: string;
  /** i18n key. */
  readonly title: string;
  readonly actor: ActorName;
  readonly client: { readonly number: string | null } | null;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly count: number;
  readonly bulk: { readonly clients: number; readonly usual: number } | null;
  /** The rows behind it. */
  readonly href: string;
  /** Left open by an earlier week. */
  readonly carried: boolean;
  readonly asked: boolean;
  readonly note: string | null;
  readonly decidedBy: ActorName | null;
  readonly decidedAlone: boolean;
  /** About the reviewer, while somebody else can decide. */
  readonly forAnother: boolean;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

/** A form of the page that came back faulty: a finding's id, or `sign`. */
export interface FaultyForm {
  readonly form: string;
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

export interface ReviewView {
  readonly tabs: readonly AdminTab[];
  readonly week: {
    readonly start: string;
    readonly from: string;
    readonly last: string;
    readonly rows: number;
    readonly signedAt: string | null;
    readonly signedBy: ActorName | null;
    readonly note: string | null;
    readonly openCount: number;
  } | null;
  readonly weeks: readonly {
    readonly href: string;
    readonly from: string;
    readonly signed: boolean;
    readonly current: boolean;
  }[];
  readonly findings: readonly FindingView[];
  readonly settled: readonly FindingView[];
  readonly open: number;
  readonly hidden: number;
  readonly zone: string;
  /** i18n key of what was just done or refused, or null. */
  readonly done: string | null;
  readonly refusal: string | null;
  readonly signValues: Readonly<Record<string, string>>;
  readonly signErrors: Readonly<Record<string, string>>;
}

const DONE = ['fine', 'asked', 'signed'] as const;
const NONE: Readonly<Record<string, string>> = {};

export function reviewView(
  who: Principal,
  page: ReviewPage,
  said: { readonly done: unknown; readonly refusal: string | null; readonly faulty: FaultyForm | null },
): ReviewView {
  const { week, zone, names } = page;
  const done = DONE.find((one) => one === said.done);
  const day = localMoments(zone);
  const view = (finding: Finding): FindingView => ({
    id: finding.id,
    title: `audit:finding.${finding.rule}`,
    actor: names.of(actorOf(finding)),
    client: finding.clientId === null ? null : { number: names.client(finding.clientId) },
    firstAt: finding.firstAt.toISOString(),
    lastAt: finding.lastAt.toISOString(),
    count: finding.count,
    bulk:
      finding.rule === 'bulk' ? { clients: Number(finding.facts.clients), usual: Number(finding.facts.usual) } : null,
    href: rowsOf(finding, names, (at) => day(at).day),
    carried: finding.week !== week?.start,
    asked: finding.state === 'asked',
    note: finding.note,
    decidedBy:
      finding.decidedBy === null
        ? null
        : names.of({ actor_kind: 'user', actor_id: finding.decidedBy, client_id: null }),
    decidedAlone: finding.decidedAlone,
    forAnother: isAboutFinding(finding, who.id) && !page.alone,
    values: said.faulty?.form === finding.id ? said.faulty.values : NONE,
    errors: said.faulty?.form === finding.id ? said.faulty.errors : NONE,
  });
  return {
    tabs: adminTabs(who, 'audit'),
    week: week
      ? {
          start: week.start,
          from: weekFrom(week.start, zone).from.toISOString(),
          last: new Date(weekFrom(week.start, zone).until.getTime() - 1).toISOString(),
          rows: Number(week.rowsRead),
          signedAt: week.signedAt?.toISOString() ?? null,
          signedBy:
            week.signedBy === null ? null : names.of({ actor_kind: 'user', actor_id: week.signedBy, client_id: null }),
          note: week.note,
          openCount: week.openCount ?? 0,
        }
      : null,
    weeks: page.weeks.map(({ start, signedAt }) => ({
      href: `/admin/audit/review?week=${start}`,
      from: weekFrom(start, zone).from.toISOString(),
      signed: signedAt !== null,
      current: start === week?.start,
    })),
    findings: page.unsettled.map(view),
    settled: page.settled.map(view),
    open: page.open,
    hidden: page.open - page.unsettled.length,
    zone,
    done: done ? `audit:done.${done}` : null,
    refusal: said.refusal,
    signValues: said.faulty?.form === 'sign' ? said.faulty.values : NONE,
    signErrors: said.faulty?.form === 'sign' ? said.faulty.errors : NONE,
  };
}

/** The audit, narrowed to who did it, to whom, on which days. */
function rowsOf(finding: Finding, names: ActorNames, dayOf: (at: Date) => string): string {
  const who = finding.actorKind === 'user' ? finding.actorId : 'everyone';
  return hrefOf(
    {
      who,
      what: finding.rule === 'refusals' || finding.rule === 'sign-in-failures' ? 'refused' : 'all',
      when: 'dates',
      from: dayOf(finding.firstAt),
      until: dayOf(finding.lastAt),
      client: finding.clientId === null ? '' : (names.client(finding.clientId) ?? ''),
    },
    null,
  );
}
