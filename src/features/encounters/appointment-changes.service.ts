import { Injectable } from '@nestjs/common';
import { systemPrincipal, type Principal } from '../../platform/access/principal.js';
import { newId } from '../../platform/ids.js';
import { Work } from '../../platform/work/work.js';
import { JoinableAppointments } from './appointments.port.js';
import { closesAt } from './door/door.rules.js';
import { EncounterRepository } from './encounter.repository.js';
import { HostingService } from './hosting/hosting.service.js';
import { VideoRooms } from './hosting/video-rooms.service.js';

/** Sessions follow their appointments: a cancelled one ends, a moved one closes later or earlier, a forgotten one ends by the clock. */
@Injectable()
export class AppointmentChanges {
  constructor(
    private readonly appointments: JoinableAppointments,
    private readonly work: Work,
    private readonly encounters: EncounterRepository,
    private readonly hosting: HostingService,
    private readonly rooms: VideoRooms,
  ) {}

  /** Called at least once for each change; reads the appointment as it is now, so repeats and late deliveries do no harm. */
  async follow(appointmentId: string): Promise<void> {
    const appointment = await this.appointments.find(appointmentId);
    const who = systemPrincipal('job:appointment-changes');
    if (!appointment || appointment.cancelled) return this.finish(appointmentId, 'cancelled', who, newId());
    await this.work.run(who, async (tx) => {
      const encounter = await this.encounters.lock(tx.manager, appointmentId);
      tx.audit({
        action: 'encounter.follow',
        object: `appointment:${appointmentId}`,
        facts: { session: encounter?.state ?? 'none' },
      });
      if (encounter?.state === 'open')
        await this.encounters.update(tx.manager, encounter.id, { closesAt: closesAt(appointment) });
    });
  }

  async expire(appointmentId: string, who: Principal, requestId: string): Promise<void> {
    await this.finish(appointmentId, 'expired', who, requestId);
  }

  private async finish(
    appointmentId: string,
    reason: 'cancelled' | 'expired',
    who: Principal,
    requestId: string,
  ): Promise<void> {
    const room = await this.work.run(who, async (tx) => {
      const encounter = await this.encounters.lock(tx.manager, appointmentId);
      if (!encounter) {
        tx.audit({ action: 'encounter.follow', object: `appointment:${appointmentId}`, facts: { session: 'none' } });
        return undefined;
      }
      await this.hosting.endInside(tx, encounter, reason);
      return encounter.room;
    });
    if (room) await this.rooms.close(room, requestId);
  }
}
