import { Injectable } from '@nestjs/common';
import { DomainError } from '../../platform/errors/domain-error.js';
import type { Tx } from '../../platform/work/work.js';
import { Appointments } from '../scheduling/public.js';
import { JoinableAppointments } from './appointments.port.js';
import type { SessionAppointment } from './door/door.rules.js';

/** Scheduling's appointments as the door sees them. */
@Injectable()
export class SchedulingAppointments extends JoinableAppointments {
  constructor(private readonly appointments: Appointments) {
    super();
  }

  async find(id: string): Promise<SessionAppointment | undefined> {
    try {
      const { clinicianId, caseId, memberIds, startsAt, endsAt, timeZone, modality, status } =
        await this.appointments.forJoin(id);
      return {
        id,
        clinicianId,
        caseId,
        memberIds,
        startsAt,
        endsAt,
        timeZone,
        modality,
        cancelled: status === 'cancelled',
      };
    } catch (error) {
      if (error instanceof DomainError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async markAttended(tx: Tx, id: string): Promise<void> {
    await this.appointments.markStatus(tx, await this.appointments.forJoin(id), 'attended');
  }
}
