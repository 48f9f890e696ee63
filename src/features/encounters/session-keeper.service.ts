import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { newId } from '../../platform/ids.js';
import { systemPrincipal } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import { EventBus } from '../../platform/events/event-bus.js';
import { LOG, type Log } from '../../platform/logging/log.js';
import { AttendanceService } from './attendance/attendance.service.js';
import { EndedAccounts } from './ended-accounts.service.js';
import { AppointmentChanges } from './appointment-changes.service.js';

const TICK_MS = 15_000;
/** At most this many forgotten sessions are closed per tick. */
const BATCH = 20;

const overdue = namedQuery<{ appointment_id: string }>(
  'encounters.overdue',
  `SELECT appointment_id FROM core.encounter WHERE state = 'open' AND closes_at <= $1 ORDER BY closes_at LIMIT ${BATCH}`,
);

/**
 * Keeps sessions in step with the clock and the calendar: ends spans of silent pages, closes sessions nobody ended, follows
 * appointments that are moved or cancelled, puts out hosts who may not host any more. Several processes may do this at once: each step is idempotent.
 */
@Injectable()
export class SessionKeeper implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly events: EventBus,
    private readonly attendance: AttendanceService,
    private readonly changes: AppointmentChanges,
    private readonly endedAccounts: EndedAccounts,
    private readonly sql: Sql,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('encounters.appointments', ['appointment.moved', 'appointment.cancelled'], (event) =>
      this.changes.follow(event.payload.appointmentId ?? event.key),
    );
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.tick());
    }, TICK_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One round. A database that is away is no reason to stop: the next round does the same work. */
  async tick(): Promise<void> {
    try {
      await this.attendance.sweep();
      await this.endedAccounts.sweep();
      for (const row of await this.sql.rows(overdue, [this.clock.now()]))
        await this.changes.expire(row.appointment_id, systemPrincipal('job:session-keeper'), newId());
    } catch (error) {
      this.log.warn({ err: error }, 'encounters: a round of the session keeper failed');
    }
  }
}
