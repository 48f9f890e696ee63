import type { TakenTime } from './appointment.queries.js';
import { addDays, isTime, localDayOf, zonedTime } from './wall-time.js';

/** When a free time is offered: whole and half hours of an ordinary day, by the clock on the wall. */
const FIRST_MINUTE = 8 * 60;
const LAST_MINUTE = 19 * 60;
const STEP = 30;

export interface FreeTimeQuestion {
  /** `YYYY-MM-DD`, `HH:MM`: where to start looking. */
  readonly day: string;
  readonly time: string;
  readonly minutes: number;
  readonly timeZone: string;
  readonly now: Date;
  readonly taken: readonly Pick<TakenTime, 'startsAt' | 'endsAt'>[];
  /** How many to offer. */
  readonly count: number;
  /** How many days to look at. */
  readonly days: number;
}

export interface FreeTime {
  readonly day: string;
  readonly time: string;
  readonly startsAt: Date;
}

/** The next times at which everybody is free, from the one asked for on. Never offers a time that the clocks skip. */
export function nextFreeTimes(question: FreeTimeQuestion): FreeTime[] {
  const free: FreeTime[] = [];
  for (let offset = 0; offset < question.days && free.length < question.count; offset++) {
    const day = addDays(question.day, offset);
    for (let minute = FIRST_MINUTE; minute <= LAST_MINUTE && free.length < question.count; minute += STEP) {
      const time = clock(minute);
      if (offset === 0 && isTime(question.time) && time < question.time) continue;
      const { startsAt, rule } = zonedTime(day, time, question.timeZone);
      if (rule === 'gap' || startsAt <= question.now || collides(question, startsAt)) continue;
      free.push({ day: localDayOf(startsAt, question.timeZone), time, startsAt });
    }
  }
  return free;
}

const collides = ({ taken, minutes }: FreeTimeQuestion, startsAt: Date): boolean => {
  const end = startsAt.getTime() + minutes * 60_000;
  return taken.some((busy) => busy.startsAt.getTime() < end && busy.endsAt.getTime() > startsAt.getTime());
};

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
