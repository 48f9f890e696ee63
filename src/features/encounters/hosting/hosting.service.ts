import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId } from '../../../platform/ids.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { JoinableAppointments } from '../appointments.port.js';
import type { SessionAppointment } from '../door/door.rules.js';
import type { EncounterEntity } from '../encounter.entity.js';
import { encounterOf, type EncounterRow } from '../encounter.queries.js';
import { EncounterRepository } from '../encounter.repository.js';
import { VideoRooms } from './video-rooms.service.js';
import { ENCOUNTER_ERRORS } from '../encounters.errors.js';
import { tellDesk } from '../tell-desk.js';

export interface HostedSession {
  readonly appointment: SessionAppointment;
  /** Undefined while nobody opened the session. */
  readonly encounter: EncounterRow | undefined;
}

/** What the clinician of a session does with the session itself. The people at its door: waiting-room.service.ts; tickets: tickets.service.ts. */
@Injectable()
export class HostingService {
  constructor(
    private readonly appointments: JoinableAppointments,
    private readonly work: Work,
    private readonly encounters: EncounterRepository,
    private readonly rooms: VideoRooms,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  /** The appointment, if `who` may host it; anything else answers like an unknown id. */
  async hosted(who: Principal, appointmentId: unknown): Promise<SessionAppointment> {
    if (!can(who, 'session:host') || !isId(appointmentId)) throw notFound();
    const appointment = await this.appointments.find(appointmentId);
    if (!appointment || !who.personId || appointment.clinicianId !== who.personId) throw notFound();
    return appointment;
  }

  async session(who: Principal, appointmentId: unknown): Promise<HostedSession> {
    const appointment = await this.hosted(who, appointmentId);
    return { appointment, encounter: await this.sql.first(encounterOf, [appointment.id]) };
  }

  /** Opens the session for its clinician; early is fine. Once open it stays open until it is ended. */
  async open(who: Principal, appointmentId: unknown): Promise<void> {
    const appointment = await this.hosted(who, appointmentId);
    refuseCancelled(appointment);
    await this.work.run(who, async (tx) => {
      const { encounter, opened } = await this.encounters.open(tx.manager, appointment, 'clinician', this.clock.now());
      if (encounter.state !== 'open') throw new DomainError(ENCOUNTER_ERRORS['encounters.ended']);
      await this.host(tx, encounter);
      if (opened)
        tx.emit('encounter.opened', encounter.id, { encounterId: encounter.id, appointmentId: appointment.id });
    });
  }

  /** *End session*: everybody is put out, the link is worth nothing from here on. Ending twice is the same as once. */
  async end(who: Principal, appointmentId: unknown, requestId: string): Promise<void> {
    const appointment = await this.hosted(who, appointmentId);
    const room = await this.work.run(who, async (tx) => {
      const encounter = await this.encounters.lock(tx.manager, appointment.id);
      if (!encounter) throw notFound();
      await this.endInside(tx, encounter, 'ended');
      return encounter.room;
    });
    await this.rooms.close(room, requestId);
  }

  /** Ends a session inside a unit of work. The caller closes the video room after the commit. */
  async endInside(tx: Tx, encounter: EncounterEntity, reason: 'ended' | 'cancelled' | 'expired'): Promise<void> {
    tx.audit({ action: 'encounter.end', object: `encounter:${encounter.id}`, facts: { was: encounter.state, reason } });
    if (encounter.state === 'ended') return;
    const arrivals = await this.encounters.arrivals(tx.manager, encounter.id);
    await this.encounters.update(tx.manager, encounter.id, {
      state: 'ended',
      endedAt: this.clock.now(),
      endReason: reason,
    });
    if (reason !== 'cancelled' && arrivals.some((arrival) => arrival.admittedAt !== null))
      await this.appointments.markAttended(tx, encounter.appointmentId);
    tx.emit('encounter.ended', encounter.id, {
      encounterId: encounter.id,
      appointmentId: encounter.appointmentId,
      reason,
    });
    for (const arrival of arrivals) tx.live(`arrival:${arrival.id}`, 'state');
    tellDesk(tx, encounter.clinicianId);
  }

  /** Notes that the clinician is in: the first time is the moment the room page replaces the prepare page. */
  async host(tx: Tx, encounter: EncounterEntity): Promise<void> {
    tx.audit({
      action: 'encounter.open',
      object: `encounter:${encounter.id}`,
      facts: { by: 'clinician', again: encounter.hostedAt !== null },
    });
    if (encounter.hostedAt) return;
    const now = this.clock.now();
    await this.encounters.update(tx.manager, encounter.id, { hostedAt: now });
    for (const arrival of await this.encounters.arrivals(tx.manager, encounter.id))
      tx.live(`arrival:${arrival.id}`, 'state');
  }
}

function refuseCancelled(appointment: SessionAppointment): void {
  if (appointment.cancelled) throw new DomainError(ENCOUNTER_ERRORS['encounters.cancelled']);
}
