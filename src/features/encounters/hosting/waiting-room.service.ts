import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId } from '../../../platform/ids.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import type { ArrivalEntity } from '../door/arrival.entity.js';
import { AnswerSeal } from '../door/door-answers.js';
import type { EncounterEntity } from '../encounter.entity.js';
import { EncounterRepository } from '../encounter.repository.js';
import { HostingService } from './hosting.service.js';
import { VideoRooms } from './video-rooms.service.js';
import { ENCOUNTER_ERRORS } from '../encounters.errors.js';
import { tellDesk } from '../tell-desk.js';

/** Longest message to the waiting room, in characters. */
export const MESSAGE_LENGTH = 300;

/** The clinician and the people at their door: admit, put back, remove, message. Who waits: waiting-list.service.ts. */
@Injectable()
export class WaitingRoomService {
  constructor(
    private readonly hosting: HostingService,
    private readonly work: Work,
    private readonly encounters: EncounterRepository,
    private readonly answers: AnswerSeal,
    private readonly rooms: VideoRooms,
    private readonly clock: Clock,
  ) {}

  /**
   * *Admit*: opens the door to one browser. Another device of the same person gives way, because a person is in a room once. Admitting
   * twice is the same as once.
   */
  async admit(who: Principal, appointmentId: unknown, arrivalId: unknown, requestId: string): Promise<void> {
    await this.change(who, appointmentId, arrivalId, async (tx, encounter, arrival) => {
      await this.hosting.host(tx, encounter);
      tx.audit({
        action: 'arrival.admit',
        object: `arrival:${arrival.id}`,
        clientId: arrival.clientId,
        facts: { was: arrival.state },
      });
      if (arrival.state === 'admitted') return;
      if (arrival.state !== 'waiting') throw new DomainError(ENCOUNTER_ERRORS['encounters.arrival-gone']);
      const now = this.clock.now();
      await this.giveWay(tx, encounter, arrival, now, requestId);
      await this.encounters.updateArrival(tx.manager, arrival.id, {
        state: 'admitted',
        admittedAt: now,
        changedAt: now,
        putBackAt: null,
      });
      tx.emit('encounter.admitted', encounter.id, {
        encounterId: encounter.id,
        appointmentId: encounter.appointmentId,
        arrivalId: arrival.id,
        clientId: arrival.clientId,
      });
    });
  }

  /** Back into the waiting room: out of the call, tickets dead, *Admit* needed again. */
  async putBack(who: Principal, appointmentId: unknown, arrivalId: unknown, requestId: string): Promise<void> {
    await this.takeOut(who, appointmentId, arrivalId, requestId, 'waiting');
  }

  /** Out of the session, and this browser stays out of it. */
  async remove(who: Principal, appointmentId: unknown, arrivalId: unknown, requestId: string): Promise<void> {
    await this.takeOut(who, appointmentId, arrivalId, requestId, 'removed');
  }

  /** A short message to one waiting person; replaces the one before. */
  async message(who: Principal, appointmentId: unknown, arrivalId: unknown, text: string): Promise<void> {
    await this.change(who, appointmentId, arrivalId, async (tx, encounter, arrival) => {
      if (arrival.state !== 'waiting') throw new DomainError(ENCOUNTER_ERRORS['encounters.arrival-gone']);
      const messageEnc = await this.answers.sealText(encounter.caseId, arrival.id, 'message_enc', text);
      await this.encounters.updateArrival(tx.manager, arrival.id, { messageEnc, messageAt: this.clock.now() });
      tx.audit({
        action: 'arrival.message',
        object: `arrival:${arrival.id}`,
        clientId: arrival.clientId,
        facts: { length: text.length },
      });
    });
  }

  private async takeOut(
    who: Principal,
    appointmentId: unknown,
    arrivalId: unknown,
    requestId: string,
    to: 'waiting' | 'removed',
  ): Promise<void> {
    const out = await this.change(who, appointmentId, arrivalId, async (tx, encounter, arrival) => {
      if (arrival.state !== 'admitted' && arrival.state !== 'waiting')
        throw new DomainError(ENCOUNTER_ERRORS['encounters.arrival-gone']);
      const now = this.clock.now();
      const putBackAt = arrival.state === 'admitted' && to === 'waiting' ? now : arrival.putBackAt;
      await this.encounters.updateArrival(tx.manager, arrival.id, { state: to, changedAt: now, putBackAt });
      const action = to === 'removed' ? 'arrival.remove' : 'arrival.put-back';
      tx.audit({ action, object: `arrival:${arrival.id}`, clientId: arrival.clientId, facts: { was: arrival.state } });
      if (arrival.state !== 'admitted') return undefined;
      const participant = await this.encounters.participant(encounter.id, arrival.clientId, 'guest', tx.manager);
      return { room: encounter.room, participant };
    });
    // After the commit: from then on no new ticket can be made, so none is left over when the provider kills the old ones.
    if (out) await this.rooms.putOut(out.room, out.participant, requestId);
  }

  /** Before the commit: the new device joins only after it, so the provider never puts out the wrong one. */
  private async giveWay(
    tx: Tx,
    encounter: EncounterEntity,
    arrival: ArrivalEntity,
    now: Date,
    requestId: string,
  ): Promise<void> {
    const others = (await this.encounters.arrivals(tx.manager, encounter.id)).filter(
      (other) =>
        other.id !== arrival.id &&
        other.clientId === arrival.clientId &&
        (other.state === 'admitted' || other.state === 'waiting'),
    );
    for (const other of others) {
      await this.encounters.setState(tx.manager, other.id, 'replaced', now);
      tx.audit({
        action: 'arrival.replace',
        object: `arrival:${other.id}`,
        clientId: other.clientId,
        facts: { by: arrival.id },
      });
      tx.live(`arrival:${other.id}`, 'state');
    }
    if (others.some((other) => other.state === 'admitted')) {
      const participant = await this.encounters.participant(encounter.id, arrival.clientId, 'guest', tx.manager);
      await this.rooms.makeWay(encounter.room, participant, requestId);
    }
  }

  /** Host check, lock, open session, arrival of this session or not-found; then `act`, then tell both sides. */
  private async change<T>(
    who: Principal,
    appointmentId: unknown,
    arrivalId: unknown,
    act: (tx: Tx, encounter: EncounterEntity, arrival: ArrivalEntity) => Promise<T>,
  ): Promise<T> {
    const appointment = await this.hosting.hosted(who, appointmentId);
    if (!isId(arrivalId)) throw notFound();
    return this.work.run(who, async (tx) => {
      const encounter = await this.encounters.lock(tx.manager, appointment.id);
      const arrival = encounter && (await this.encounters.arrival(tx.manager, encounter.id, arrivalId));
      if (!encounter || !arrival) throw notFound();
      if (encounter.state !== 'open') throw new DomainError(ENCOUNTER_ERRORS['encounters.ended']);
      const result = await act(tx, encounter, arrival);
      tx.live(`arrival:${arrival.id}`, 'state');
      tellDesk(tx, encounter.clinicianId);
      return result;
    });
  }
}
