import { Temporal } from 'temporal-polyfill';

/** How an intended wall time met the clocks of its zone. */
export type ClockRule =
  /** It exists once. */
  | 'plain'
  /** The clocks jump over it; the appointment is held later, by the length of the jump. */
  | 'gap'
  /** It happens twice; the first one is meant. */
  | 'overlap';

export interface ZonedMoment {
  readonly startsAt: Date;
  /** What was meant, `YYYY-MM-DDTHH:MM`; in a gap no clock of the zone ever shows it. */
  readonly wallStart: string;
  readonly rule: ClockRule;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const WEEK = /^(\d{4})-W(\d{2})$/;

/** True for a calendar day that exists, `YYYY-MM-DD`, between 1970 and 2199. */
export function isDay(text: unknown): text is string {
  if (typeof text !== 'string' || !DAY.test(text)) return false;
  const year = Number(text.slice(0, 4));
  if (year < 1970 || year > 2199) return false;
  const [, month, day] = text.split('-').map(Number);
  if (month < 1 || month > 12 || day < 1) return false;
  return day <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
}

/** True for `HH:MM` of a 24 hour clock. */
export const isTime = (text: unknown): text is string => typeof text === 'string' && TIME.test(text);

/**
 * The instant of a wall time in a zone. The stated rule: a time the clocks skip becomes the one as much later (2:30 becomes 3:30), and
 * of a time that happens twice the first is meant. Throws RangeError for a day, time or zone that is none.
 */
export function zonedTime(day: string, time: string, timeZone: string): ZonedMoment {
  const wall = Temporal.PlainDateTime.from(`${day}T${time}`);
  const earlier = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(timeZone, { disambiguation: 'later' });
  const once = earlier.epochMilliseconds === later.epochMilliseconds;
  const gap = !once && !later.toPlainDateTime().equals(wall);
  const held = gap ? later : earlier;
  return {
    startsAt: new Date(held.epochMilliseconds),
    wallStart: `${day}T${time}`,
    rule: once ? 'plain' : gap ? 'gap' : 'overlap',
  };
}

/** Day of an instant in a zone, `YYYY-MM-DD`. */
export const localDayOf = (at: Date, timeZone: string): string => zoned(at, timeZone).toPlainDate().toString();

/** Time of an instant in a zone, `HH:MM`. */
export const localTimeOf = (at: Date, timeZone: string): string =>
  zoned(at, timeZone).toPlainTime().toString({ smallestUnit: 'minute' });

/** The next whole or half hour on the clock of a zone, `HH:MM`; 23:30 is the last one of a day. */
export function nextHalfHour(now: Date, timeZone: string): string {
  const minute = Math.min(Math.ceil((wallMinutesOf(now, timeZone) + 1) / 30) * 30, 23 * 60 + 30);
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Minutes since local midnight, by the clock on the wall. */
export function wallMinutesOf(at: Date, timeZone: string): number {
  const { hour, minute } = zoned(at, timeZone);
  return hour * 60 + minute;
}

/** True when both zones show the same time at that instant. */
export const sameClock = (at: Date, zone: string, other: string): boolean =>
  zoned(at, zone).offsetNanoseconds === zoned(at, other).offsetNanoseconds;

/** Noon of a day in a zone: an instant that is safely inside the day, for writing its name. */
export const noonOf = (day: string, timeZone: string): Date => zonedTime(day, '12:00', timeZone).startsAt;

export const addDays = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

/** ISO week of a day, `YYYY-Www`. */
export function weekOf(day: string): string {
  const date = Temporal.PlainDate.from(day);
  return `${String(date.yearOfWeek).padStart(4, '0')}-W${String(date.weekOfYear).padStart(2, '0')}`;
}

/** Monday of an ISO week, or undefined when the year has no such week. */
export function mondayOf(week: string): string | undefined {
  const match = WEEK.exec(week);
  if (!match) return undefined;
  const year = Number(match[1]);
  if (year < 1970 || year > 2199) return undefined;
  // 4 January is always in week 1.
  const fourth = Temporal.PlainDate.from({ year, month: 1, day: 4 });
  const monday = fourth.subtract({ days: fourth.dayOfWeek - 1 }).add({ weeks: Number(match[2]) - 1 });
  return weekOf(monday.toString()) === week ? monday.toString() : undefined;
}

/** 1 = Monday ... 7 = Sunday. */
export const weekdayOf = (day: string): number => Temporal.PlainDate.from(day).dayOfWeek;

const zoned = (at: Date, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
