import { Temporal } from 'temporal-polyfill';

/** Completed years at `now` where the person lives. Born on 29 February: the birthday of a common year is 1 March. */
export function ageAt(birthDate: string, now: Date, timeZone: string): number {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone).toPlainDate();
  const born = Temporal.PlainDate.from(birthDate);
  const hadBirthday = today.month > born.month || (today.month === born.month && today.day >= born.day);
  return today.year - born.year - (hadBirthday ? 0 : 1);
}

/** True for a `YYYY-MM-DD` that exists, is not after `today` and not more than 130 years before it. */
export function isBirthDate(text: string, today: Date): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  // The Date constructor rolls 31 February over; a date that survives the round trip exists.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text) return false;
  const years = today.getUTCFullYear() - date.getUTCFullYear();
  return date.getTime() <= today.getTime() && years <= 130;
}
