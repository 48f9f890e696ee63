import { Temporal } from 'temporal-polyfill';

/** A week of the practice, Monday to Sunday on its clocks. */
export interface Week {
  /** Monday, `YYYY-MM-DD`. */
  readonly start: string;
  /** Its first instant, and the first one after it. */
  readonly from: Date;
  readonly until: Date;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** True for a calendar day that exists, `YYYY-MM-DD`, between 1970 and 2199. */
export function isDay(value: string): boolean {
  if (!DAY.test(value)) return false;
  const [year, month, day] = value.split('-').map(Number);
  if (year < 1970 || year > 2199 || month < 1 || month > 12 || day < 1) return false;
  return day <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
}

/** The first instant of a day in a zone. */
export const startOfDay = (day: Temporal.PlainDate, zone: string): Date =>
  new Date(day.toZonedDateTime({ timeZone: zone }).epochMilliseconds);

/** The week that begins on a Monday. Throws RangeError for a day that is none. */
export function weekFrom(start: string, zone: string): Week {
  const monday = Temporal.PlainDate.from(start);
  return { start, from: startOfDay(monday, zone), until: startOfDay(monday.add({ days: 7 }), zone) };
}

/** Mondays of the weeks that were over at `now`, newest first, at most `count`, and none that ended before `since`. */
export function finishedWeeks(now: Date, zone: string, since: Date, count: number): Week[] {
  const today = zoned(now, zone).toPlainDate();
  let monday = today.subtract({ days: today.dayOfWeek - 1 + 7 });
  const weeks: Week[] = [];
  while (weeks.length < count) {
    const week = weekFrom(monday.toString(), zone);
    if (week.until.getTime() <= since.getTime()) break;
    weeks.push(week);
    monday = monday.subtract({ days: 7 });
  }
  return weeks;
}

/** An instant on the clocks of a zone. */
export interface LocalMoment {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** Full hours since midnight, 0 to 23. */
  readonly hour: number;
  readonly weekend: boolean;
}

/** Reads many instants of one zone; each quarter of an hour is looked up once. */
export function localMoments(zone: string): (at: Date) => LocalMoment {
  const known = new Map<number, LocalMoment>();
  // Zones change by whole quarters of an hour, never within one.
  const QUARTER = 900_000;
  return (at) => {
    const quarter = Math.floor(at.getTime() / QUARTER);
    let moment = known.get(quarter);
    if (!moment) {
      const local = zoned(new Date(quarter * QUARTER), zone);
      moment = { day: local.toPlainDate().toString(), hour: local.hour, weekend: local.dayOfWeek > 5 };
      known.set(quarter, moment);
    }
    return moment;
  };
}

const zoned = (at: Date, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
