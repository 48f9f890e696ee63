import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { newId } from '../../../platform/ids.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { EncounterRepository } from '../encounter.repository.js';
import type { EncounterEntity } from '../encounter.entity.js';
import { ArrivalEntity } from './arrival.entity.js';
import { browserHash } from './browser-secret.js';
import { DOOR_REFUSALS, doorPrincipal, type DoorRequest } from './door-request.js';
import { AnswerSeal, type DoorAnswers, type SealedAnswers } from './door-answers.js';
import { DoorService, type Door } from './door.service.js';
import type { DoorState } from './door.rules.js';
import { ENCOUNTER_ERRORS } from '../encounters.errors.js';
import type { SessionLink } from '../links/session-links.service.js';
import { tellDesk } from '../tell-desk.js';

/** Devices of one person at one session: more than anybody owns, fewer than a nuisance needs. */
const MAX_DEVICES = 12;

/** What a person does at the door: come in and leave. Tickets for the admitted: tickets.service.ts. */
@Injectable()
export class ArrivalsService {
  constructor(
    private readonly door: DoorService,
    private readonly work: Work,
    private readonly encounters: EncounterRepository,
    private readonly answers: AnswerSeal,
    private readonly clock: Clock,
  ) {}

  /**
   * *Enter the waiting room*: binds this browser to an arrival. Opens the session when this is the first person. A browser that was
   * admitted stays admitted; one that left or gave way to another device waits again; one that was removed stays outside.
   */
  async enter(token: unknown, browserSecret: string, answers: DoorAnswers, request: DoorRequest): Promise<string> {
    const door = await this.door.at(token, browserSecret);
    refuseUnlessOpen(door.state);
    const arrivalId = door.arrival?.id ?? newId();
    const sealed = await this.answers.seal(door.appointment.caseId, arrivalId, answers);
    return this.work.run(doorPrincipal(arrivalId, request), async (tx) => {
      const encounter = await this.openSession(tx, door);
      await this.place(tx, encounter, door, arrivalId, browserHash(browserSecret), sealed);
      tellDesk(tx, encounter.clinicianId);
      return arrivalId;
    });
  }

  /** *Leave*: from the waiting room the person is gone until they enter again; from the session they may come straight back. */
  async leave(token: unknown, browserSecret: string | undefined, request: DoorRequest): Promise<void> {
    const door = await this.door.at(token, browserSecret);
    const { arrival } = door;
    if (!arrival) throw notFound();
    await this.work.run(doorPrincipal(arrival.id, request), async (tx) => {
      const encounter = await this.encounters.lock(tx.manager, door.appointment.id);
      const current = encounter && (await this.encounters.arrival(tx.manager, encounter.id, arrival.id));
      if (!current) throw notFound();
      if (current.state === 'waiting') await this.encounters.setState(tx.manager, current.id, 'left', this.clock.now());
      tx.audit({
        action: 'arrival.leave',
        object: `arrival:${current.id}`,
        clientId: current.clientId,
        facts: { from: current.state },
      });
      tellDesk(tx, encounter.clinicianId);
    });
  }

  /**
   * Notes that the waiting page of this browser is open. No state changes, so nothing is audited.
   *
   * @throws DomainError `not-found` when its link was replaced
   */
  async seen(arrivalId: string, link: SessionLink): Promise<void> {
    if (!(await this.encounters.seen(arrivalId, link, this.clock.now()))) throw notFound();
  }

  private async openSession(tx: Tx, door: Door): Promise<EncounterEntity> {
    const { encounter, opened } = await this.encounters.open(tx.manager, door.appointment, 'client', this.clock.now());
    if (encounter.state !== 'open') throw new DomainError(ENCOUNTER_ERRORS['encounters.ended']);
    if (opened) {
      tx.audit({ action: 'encounter.open', object: `encounter:${encounter.id}`, facts: { by: 'client' } });
      tx.emit('encounter.opened', encounter.id, { encounterId: encounter.id, appointmentId: encounter.appointmentId });
    }
    return encounter;
  }

  private async place(
    tx: Tx,
    encounter: EncounterEntity,
    door: Door,
    id: string,
    hash: Buffer,
    sealed: SealedAnswers,
  ): Promise<void> {
    const now = this.clock.now();
    const others = (await this.encounters.arrivals(tx.manager, encounter.id)).filter(
      (arrival) => arrival.clientId === door.link.clientId,
    );
    const own = others.find((arrival) => arrival.id === id);
    if (own?.state === 'removed') throw new DomainError(ENCOUNTER_ERRORS['encounters.removed']);
    if (!own && others.length >= MAX_DEVICES) throw new DomainError(ENCOUNTER_ERRORS['encounters.too-many-devices']);
    if (!own) {
      await this.encounters.insertArrival(
        tx.manager,
        newArrival(id, encounter.id, door.link.clientId, hash, now, sealed),
      );
    } else {
      const again = own.state === 'admitted' ? {} : { state: 'waiting' as const, changedAt: now, putBackAt: null };
      const arrivedAgain = own.state === 'left' || own.state === 'replaced' ? { arrivedAt: now } : {};
      await this.encounters.updateArrival(tx.manager, id, { ...sealed, ...again, ...arrivedAgain, seenAt: now });
    }
    tx.audit({
      action: 'arrival.enter',
      object: `arrival:${id}`,
      clientId: door.link.clientId,
      facts: {
        state: own?.state ?? 'new',
        secondDevice: others.some((arrival) => arrival.id !== id && ['waiting', 'admitted'].includes(arrival.state)),
        place: sealed.placeDeclined ? 'declined' : 'given',
        contact: sealed.contactDeclined ? 'declined' : 'given',
      },
    });
  }
}

const newArrival = (
  id: string,
  encounterId: string,
  clientId: string,
  hash: Buffer,
  now: Date,
  sealed: SealedAnswers,
): ArrivalEntity => ({
  id,
  encounterId,
  clientId,
  browserHash: hash,
  state: 'waiting',
  arrivedAt: now,
  seenAt: now,
  changedAt: now,
  admittedAt: null,
  putBackAt: null,
  messageEnc: null,
  messageAt: null,
  ...sealed,
});

function refuseUnlessOpen(state: DoorState): void {
  if (state !== 'open') throw new DomainError(DOOR_REFUSALS[state]);
}
