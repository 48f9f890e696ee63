import { formatTime } from '../../../platform/i18n/format-time.js';
import type { AppointmentFacts } from '../appointment.model.js';
import type { DayDecoration } from '../day-decorators.js';
import { addDays, noonOf } from '../wall-time.js';
import {
  actionOf,
  chipOf,
  otherZone,
  phaseOf,
  whatOf,
  type Action,
  type Chip,
  type LineRights,
  type Phase,
} from './line.view.js';
import type { Reader } from './reader.js';

/** A gap at least this long is worth a line of its own. */
export const FREE_GAP_MS = 40 * 60_000;

export interface TodayInput {
  readonly day: string;
  /** Zone of the clinician whose day it is. */
  readonly zone: string;
  readonly now: Date;
  /** The day it is now in `zone`. */
  readonly today: string;
  readonly appointments: readonly AppointmentFacts[];
  readonly decorations: ReadonlyMap<string, DayDecoration>;
  readonly rights: LineRights;
  readonly mayBook: boolean;
  /** Set when the reader looks at somebody else's day. */
  readonly clinician: { readonly id: string; readonly name: string } | null;
  readonly clinicians: readonly { readonly value: string; readonly label: string }[];
  readonly namesHidden: boolean;
  readonly name: (clientId: string) => string;
  readonly zoneOf: (clientId: string) => string | undefined;
}

export interface AppointmentLine {
  readonly kind: 'appointment';
  /** Class of the line. */
  readonly state: '' | 'past' | 'next';
  readonly startsAt: string;
  readonly endsAt: string;
  readonly who: string;
  readonly href: string;
  readonly what: string;
  readonly gone: boolean;
  readonly clientZone: string | null;
  readonly chip: Chip | null;
  readonly action: Action;
}
export type TodayLine =
  | AppointmentLine
  | { readonly kind: 'now'; readonly at: string }
  | { readonly kind: 'free'; readonly from: string; readonly until: string };

export interface TodayModel {
  /** An instant inside the day, for its name. */
  readonly noon: string;
  readonly zone: string;
  readonly summary: string;
  readonly namesHidden: boolean;
  /** Where the reader comes back to after a switch. */
  readonly here: string;
  /** What the open page asks for when the day changed. */
  readonly refresh: string;
  readonly lines: readonly TodayLine[];
  readonly empty: boolean;
  readonly isToday: boolean;
  readonly before: string;
  readonly after: string;
  readonly todayHref: string;
  readonly book: string | null;
  readonly clinicianId: string | null;
  readonly clinicians: TodayInput['clinicians'];
  readonly day: string;
}

/** The day of one clinician as a timeline. */
export function todayView(input: TodayInput, reader: Reader): TodayModel {
  const { day, zone, clinician } = input;
  const query = (on: string): string => {
    const parts = [on === input.today ? '' : `day=${on}`, clinician ? `clinician=${clinician.id}` : ''].filter(Boolean);
    return parts.length > 0 ? `/today?${parts.join('&')}` : '/today';
  };
  return {
    noon: noonOf(day, zone).toISOString(),
    zone,
    summary: summaryOf(input, reader),
    namesHidden: input.namesHidden,
    here: query(day),
    refresh: query(day).replace('/today', '/today/lines'),
    lines: linesOf(input, reader),
    empty: input.appointments.length === 0,
    isToday: day === input.today,
    before: query(addDays(day, -1)),
    after: query(addDays(day, 1)),
    todayHref: query(input.today),
    book: input.mayBook ? `/appointments/new?day=${day}${clinician ? `&clinician=${clinician.id}` : ''}` : null,
    clinicianId: clinician?.id ?? null,
    clinicians: input.clinicians,
    day,
  };
}

function linesOf(input: TodayInput, reader: Reader): TodayLine[] {
  const { now } = input;
  const isToday = input.day === input.today;
  const held = input.appointments.filter((facts) => facts.status !== 'cancelled');
  const next = isToday ? held.find((facts) => facts.endsAt > now) : undefined;
  const lines: TodayLine[] = [];
  let busyUntil: Date | undefined;
  // A session that is going on says where in the day we are by itself.
  let marked = !isToday || input.appointments.length === 0 || (next !== undefined && next.startsAt <= now);
  let primaries = 0;
  for (const facts of input.appointments) {
    const gap =
      busyUntil && facts.status !== 'cancelled' && facts.startsAt.getTime() - busyUntil.getTime() >= FREE_GAP_MS;
    if (!marked && facts.startsAt > now) {
      lines.push({ kind: 'now', at: now.toISOString() });
      marked = true;
    }
    if (gap && busyUntil && facts.startsAt > now)
      lines.push({
        kind: 'free',
        from: latest(busyUntil, isToday ? now : busyUntil).toISOString(),
        until: facts.startsAt.toISOString(),
      });
    const line = lineOf(facts, facts === next, input, reader);
    const first = line.action.style !== 'btn-primary' || ++primaries === 1;
    lines.push(first ? line : { ...line, action: { ...line.action, style: 'btn-quiet' } });
    if (facts.status !== 'cancelled') busyUntil = busyUntil ? latest(busyUntil, facts.endsAt) : facts.endsAt;
  }
  if (!marked) lines.push({ kind: 'now', at: now.toISOString() });
  return lines;
}

function lineOf(facts: AppointmentFacts, next: boolean, input: TodayInput, { say }: Reader): AppointmentLine {
  const phase: Phase = phaseOf(facts, input.now);
  const decoration = input.decorations.get(facts.id);
  const gone = facts.status === 'cancelled';
  const only = facts.memberIds.length === 1 ? facts.memberIds[0] : undefined;
  return {
    kind: 'appointment',
    state: next || (decoration?.here && !gone) ? 'next' : phase === 'over' || gone ? 'past' : '',
    startsAt: facts.startsAt.toISOString(),
    endsAt: facts.endsAt.toISOString(),
    who: facts.memberIds.map(input.name).join(', '),
    href: input.rights.chart && only ? `/clients/${only}` : `/appointments/${facts.id}`,
    what: whatOf(facts, say),
    gone,
    clientZone: only ? otherZone(facts, input.zoneOf(only), input.zone) : null,
    chip: chipOf(facts, phase, decoration, say),
    action: actionOf(facts, phase, decoration, input.rights, say),
  };
}

/** One to four short sentences with the numbers of the day. */
function summaryOf(input: TodayInput, { say, locale }: Reader): string {
  const held = input.appointments.filter((facts) => facts.status !== 'cancelled');
  const cancelled = input.appointments.length - held.length;
  const sentences = [
    held.length === 0 ? say('scheduling:today.none') : say('scheduling:today.count', { count: held.length }),
  ];
  if (input.day === input.today && held.length > 0) {
    const behind = held.filter((facts) => facts.endsAt <= input.now).length;
    if (behind === held.length) sentences.push(say('scheduling:today.all-behind'));
    else if (behind > 0) sentences.push(say('scheduling:today.behind', { count: behind }));
    const next = held.find((facts) => facts.startsAt > input.now);
    if (next)
      sentences.push(say('scheduling:today.next', { time: formatTime(next.startsAt, input.zone, 'time', locale) }));
  }
  if (cancelled > 0) sentences.push(say('scheduling:today.cancelled', { count: cancelled }));
  return sentences.join(' ');
}

const latest = (a: Date, b: Date): Date => (a > b ? a : b);
