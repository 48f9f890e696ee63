import { formatTime } from '../../../platform/i18n/format-time.js';
import type { AppointmentFacts } from '../appointment.model.js';
import type { DayDecoration } from '../day-decorators.js';
import { addDays, mondayOf, noonOf, wallMinutesOf, weekdayOf, weekOf } from '../wall-time.js';
import { chipOf, otherZone, phaseOf, type Chip } from './line.view.js';
import type { Reader } from './reader.js';
import { weekGrid, type GridCell } from './week-grid.js';

const FRIDAY = 5;

export interface CalendarInput {
  /** Day the reader asked for; its week is shown, and on a phone the day itself. */
  readonly day: string;
  readonly today: string;
  readonly zone: string;
  readonly now: Date;
  readonly appointments: readonly AppointmentFacts[];
  readonly decorations: ReadonlyMap<string, DayDecoration>;
  readonly mayBook: boolean;
  readonly clinician: { readonly id: string; readonly name: string } | null;
  readonly clinicians: readonly { readonly value: string; readonly label: string }[];
  readonly namesHidden: boolean;
  readonly name: (clientId: string) => string;
  readonly zoneOf: (clientId: string) => string | undefined;
}

interface EventModel {
  readonly href: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** It does not start on a half hour: where it stands is not when it starts, so the time is written out. */
  readonly offGrid: boolean;
  readonly who: string;
  /** `Video`, with the client's time when their clock differs. */
  readonly what: string;
  /** Class: office, gone, here. */
  readonly look: string;
  readonly chip: Chip | null;
}

/** The seven days of the week that `day` is in. */
export function weekDays(day: string): string[] {
  const monday = addDays(day, 1 - weekdayOf(day));
  return Array.from({ length: 7 }, (_, index) => addDays(monday, index));
}

/** The day a query asks for: `day=` first, then the Monday of `week=` (or today, in the week of today), else today. */
export function askedDay(day: string | undefined, week: string, today: string): string {
  if (day) return day;
  const monday = mondayOf(week);
  if (!monday || weekOf(today) === week) return today;
  return monday;
}

/** The week of one clinician: a table on wide screens, the list of one day on a phone. */
export function calendarView(input: CalendarInput, reader: Reader) {
  const { day, zone, clinician } = input;
  const all = weekDays(day);
  const byDay = byLocalDay(input.appointments);
  // Working days always; a weekend only when somebody works on it or it is what was asked for.
  const days = all.filter((on) => weekdayOf(on) <= FRIDAY || byDay.has(on) || on === day);
  const grid = weekGrid(days, byDay, zone);
  const suffix = clinician ? `&clinician=${clinician.id}` : '';
  const newAt = (on: string, time: string | null): string | null =>
    input.mayBook && on >= input.today ? `/appointments/new?day=${on}${time ? `&time=${time}` : ''}${suffix}` : null;
  const eventOf = (facts: AppointmentFacts): EventModel => event(facts, input, reader);
  return {
    heading: rangeOf(days, zone, reader.locale),
    zone,
    now: input.now.toISOString(),
    days: days.map((on) => ({
      day: on,
      number: on.slice(8).replace(/^0/, ''),
      name: weekdayName(on, zone, reader.locale),
      noon: noonOf(on, zone).toISOString(),
      current: on === input.today,
      shown: on === day,
      href: `/calendar?day=${on}${suffix}`,
      book: newAt(on, null),
    })),
    rows: grid.times.map((time, row) => ({
      hour: time.endsWith(':00') ? hourName(days[0], time, reader.locale) : null,
      cells: grid.columns.flatMap((column, index) => cellOf(column[row], days[index], input.today, newAt, eventOf)),
    })),
    list: (byDay.get(day) ?? []).map(eventOf),
    noon: noonOf(day, zone).toISOString(),
    book: newAt(day, null),
    before: `/calendar?day=${addDays(day, -7)}${suffix}`,
    after: `/calendar?day=${addDays(day, 7)}${suffix}`,
    todayHref: clinician ? `/calendar?clinician=${clinician.id}` : '/calendar',
    here: `/calendar?day=${day}${suffix}`,
    day,
    namesHidden: input.namesHidden,
    clinicianId: clinician?.id ?? null,
    clinicians: input.clinicians,
    otherClocks: input.appointments.some((facts) => clientZone(facts, input) !== null),
  };
}

function byLocalDay(appointments: readonly AppointmentFacts[]): Map<string, AppointmentFacts[]> {
  const days = new Map<string, AppointmentFacts[]>();
  for (const facts of appointments) days.set(facts.localDay, [...(days.get(facts.localDay) ?? []), facts]);
  return days;
}

interface CellModel {
  readonly today: boolean;
  readonly rows: number;
  readonly events: readonly EventModel[];
  /** True when several appointments share the cell and stand below each other. */
  readonly shared: boolean;
  readonly book: string | null;
}

function cellOf(
  cell: GridCell,
  day: string,
  today: string,
  newAt: (day: string, time: string | null) => string | null,
  eventOf: (facts: AppointmentFacts) => EventModel,
): CellModel[] {
  if (cell === null) return [];
  const base = { today: day === today };
  if (cell.kind === 'empty') return [{ ...base, rows: 1, events: [], shared: false, book: newAt(day, cell.time) }];
  const events = cell.appointments.map(eventOf);
  return [{ ...base, rows: cell.rows, events, shared: events.length > 1, book: null }];
}

function event(facts: AppointmentFacts, input: CalendarInput, { say, locale }: Reader): EventModel {
  const decoration = input.decorations.get(facts.id);
  const gone = facts.status === 'cancelled';
  const zone = clientZone(facts, input);
  const place = say(`scheduling:place.${facts.modality}`);
  const their = zone && {
    time: formatTime(facts.startsAt, zone, 'time', locale),
    zone: formatTime(facts.startsAt, zone, 'zone', locale),
  };
  return {
    href: `/appointments/${facts.id}`,
    startsAt: facts.startsAt.toISOString(),
    endsAt: facts.endsAt.toISOString(),
    offGrid: wallMinutesOf(facts.startsAt, input.zone) % 30 !== 0,
    who: facts.memberIds.map(input.name).join(', '),
    what: gone ? say('scheduling:state.cancelled') : their ? say('scheduling:place.both', { place, ...their }) : place,
    look: gone ? 'gone' : decoration?.here ? 'here' : facts.modality === 'office' ? 'office' : '',
    chip: chipOf(facts, phaseOf(facts, input.now), decoration, say),
  };
}

const clientZone = (facts: AppointmentFacts, input: CalendarInput): string | null =>
  facts.memberIds.length === 1 ? otherZone(facts, input.zoneOf(facts.memberIds[0]), input.zone) : null;

const format = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(locale === 'en' ? 'en-US' : locale, options);

const rangeOf = (days: readonly string[], timeZone: string, locale: string): string =>
  format(locale, { month: 'long', day: 'numeric', timeZone }).formatRange(
    noonOf(days[0], timeZone),
    noonOf(days[days.length - 1], timeZone),
  );

const weekdayName = (day: string, timeZone: string, locale: string): string =>
  format(locale, { weekday: 'short', timeZone }).format(noonOf(day, timeZone));

/** "8 AM": an hour of the clock, so any zone without changes writes it. */
const hourName = (day: string, time: string, locale: string): string =>
  format(locale, { hour: 'numeric', timeZone: 'UTC' })
    .format(new Date(`${day}T${time}:00Z`))
    .replaceAll(/[\u202f\u00a0]/g, ' ');
