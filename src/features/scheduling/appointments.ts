import { Injectable } from '@nestjs/common';
import { notFound } from '../../platform/errors/domain-error.js';
import { isId } from '../../platform/ids.js';
import type { Tx } from '../../platform/work/work.js';
import type { AppointmentFacts, AppointmentStatus } from './appointment.model.js';
import { AppointmentQueries } from './appointment.queries.js';
import { AppointmentRepository } from './appointment.repository.js';

const HOUR = 3_600_000;

/** Appointments for other features: references, times and states. They check nobody's rights; whoever asks has done so. */
@Injectable()
export class Appointments {
  constructor(
    private readonly queries: AppointmentQueries,
    private readonly repository: AppointmentRepository,
  ) {}

  async byId(id: string): Promise<AppointmentFacts | undefined> {
    return isId(id) ? this.queries.byId(id) : undefined;
  }

  /** As `byId`, throwing not-found: what a door needs to know about the session behind it. */
  async forJoin(id: string): Promise<AppointmentFacts> {
    const facts = await this.byId(id);
    if (!facts) throw notFound();
    return facts;
  }

  /** The client's next appointment that is not over and not cancelled; the one going on now counts. */
  async nextForClient(clientId: string, now: Date): Promise<AppointmentFacts | undefined> {
    return (await this.upcomingForClient(clientId, now, 1))[0];
  }

  async upcomingForClient(clientId: string, now: Date, limit = 20): Promise<AppointmentFacts[]> {
    return isId(clientId) ? this.queries.upcoming(clientId, now, limit) : [];
  }

  /** Over or cancelled, latest first. */
  async pastForClient(clientId: string, now: Date, limit = 20): Promise<AppointmentFacts[]> {
    return isId(clientId) ? this.queries.past(clientId, now, limit) : [];
  }

  async dayOf(clinicianId: string, localDay: string): Promise<AppointmentFacts[]> {
    return this.queries.day(clinicianId, localDay);
  }

  /** Going on now, or about to start within half an hour. */
  async liveAround(now: Date): Promise<AppointmentFacts[]> {
    return this.queries.around(now, 8 * HOUR, HOUR / 2);
  }

  /** Sets the state of a booked appointment; false when it is in another state already. The caller audits its own act. */
  async markStatus(tx: Tx, facts: AppointmentFacts, status: Exclude<AppointmentStatus, 'cancelled'>): Promise<boolean> {
    const changed = await this.repository.markStatus(tx.manager, facts.id, status);
    if (changed) tx.live(`day:${facts.clinicianId}`, 'day');
    return changed;
  }
}
