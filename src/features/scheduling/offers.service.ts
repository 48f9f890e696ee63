import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { AppointmentQueries, type TakenTime } from './appointment.queries.js';
import { nextFreeTimes, type FreeTime } from './free-times.js';
import { zonedTime } from './wall-time.js';

const DAY_MS = 86_400_000;
/** How far to look for another time. */
const DAYS = 14;
const COUNT = 3;

export interface Conflict {
  /** What is in the way, times only. */
  readonly taken: readonly TakenTime[];
  readonly free: readonly FreeTime[];
}

export interface WantedTime {
  readonly clinicianId: string;
  readonly clientIds: readonly string[];
  readonly day: string;
  readonly time: string;
  readonly minutes: number;
  readonly timeZone: string;
  /** The appointment that is being moved; it is not in its own way. */
  readonly except: string | null;
}

/** Explains a refused time: what is in the way, without names, and when everybody is free. */
@Injectable()
export class Offers {
  constructor(
    private readonly queries: AppointmentQueries,
    private readonly clock: Clock,
  ) {}

  async explain(wanted: WantedTime): Promise<Conflict> {
    const { startsAt } = zonedTime(wanted.day, wanted.time, wanted.timeZone);
    const endsAt = new Date(startsAt.getTime() + wanted.minutes * 60_000);
    const horizon = new Date(startsAt.getTime() + (DAYS + 1) * DAY_MS);
    const busy = await this.queries.taken(wanted, startsAt, horizon, wanted.except);
    return {
      taken: busy.filter((time) => time.startsAt < endsAt && time.endsAt > startsAt),
      free: nextFreeTimes({ ...wanted, now: this.clock.now(), taken: busy, count: COUNT, days: DAYS }),
    };
  }
}
