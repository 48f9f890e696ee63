import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { newId } from '../../platform/ids.js';
import { ArrivalEntity, type ArrivalState } from './door/arrival.entity.js';
import { closesAt, type SessionAppointment } from './door/door.rules.js';
import { EncounterEntity, ParticipantEntity } from './encounter.entity.js';

/** An opaque name: 256 random bits, `[0-9a-f]`. */
const opaque = (): string => randomBytes(32).toString('hex');

/** Changes to sessions and arrivals, always inside a unit of work. Whoever changes anything holds the row of the session first. */
@Injectable()
export class EncounterRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The locked session of an appointment; undefined when nobody opened one yet. */
  lock(manager: EntityManager, appointmentId: string): Promise<EncounterEntity | null> {
    return manager
      .getRepository(EncounterEntity)
      .findOne({ where: { appointmentId }, lock: { mode: 'pessimistic_write' } });
  }

  /** The locked session, made when there is none. Two first arrivals at once make one session. */
  async open(
    manager: EntityManager,
    appointment: SessionAppointment,
    openedBy: EncounterEntity['openedBy'],
    now: Date,
  ): Promise<{ encounter: EncounterEntity; opened: boolean }> {
    const id = newId();
    await manager
      .createQueryBuilder()
      .insert()
      .into(EncounterEntity)
      .values({
        id,
        appointmentId: appointment.id,
        clinicianId: appointment.clinicianId,
        caseId: appointment.caseId,
        room: opaque(),
        state: 'open',
        openedAt: now,
        openedBy,
        hostedAt: null,
        roomOpenedAt: null,
        closesAt: closesAt(appointment),
        endedAt: null,
        endReason: null,
      })
      .orIgnore()
      .execute();
    const encounter = await this.lock(manager, appointment.id);
    if (!encounter) throw new Error('a session was inserted and is not there');
    return { encounter, opened: encounter.id === id };
  }

  update(manager: EntityManager, id: string, change: Partial<EncounterEntity>): Promise<unknown> {
    return manager.getRepository(EncounterEntity).update({ id }, change);
  }

  arrival(manager: EntityManager, encounterId: string, id: string): Promise<ArrivalEntity | null> {
    return manager.getRepository(ArrivalEntity).findOneBy({ id, encounterId });
  }

  arrivals(manager: EntityManager, encounterId: string): Promise<ArrivalEntity[]> {
    return manager.getRepository(ArrivalEntity).findBy({ encounterId });
  }

  /** Ids of the appointments in whose open sessions this client waits or is inside. */
  async openWith(manager: EntityManager, clientId: string): Promise<ReadonlySet<string>> {
    const rows = await manager.query<{ appointment_id: string }[]>(
      `SELECT DISTINCT e.appointment_id FROM core.encounter e JOIN core.arrival a ON a.encounter_id = e.id
        WHERE e.state = 'open' AND a.client_id = $1 AND a.state IN ('waiting', 'admitted')`,
      [clientId],
    );
    return new Set(rows.map((row) => row.appointment_id));
  }

  insertArrival(manager: EntityManager, arrival: ArrivalEntity): Promise<unknown> {
    return manager.getRepository(ArrivalEntity).insert(arrival);
  }

  updateArrival(manager: EntityManager, id: string, change: Partial<ArrivalEntity>): Promise<unknown> {
    return manager.getRepository(ArrivalEntity).update({ id }, change);
  }

  async setState(manager: EntityManager, id: string, state: ArrivalState, now: Date): Promise<void> {
    await this.updateArrival(manager, id, { state, changedAt: now });
  }

  /**
   * Notes that a waiting page is open: a measurement and no change of state, so it stands outside any unit of work.
   *
   * @returns false when the link the page was opened with is worth nothing any more
   */
  async seen(arrivalId: string, link: { readonly id: string; readonly version: number }, now: Date): Promise<boolean> {
    const [, updated] = await this.dataSource.query<[unknown, number]>(
      `UPDATE core.arrival SET seen_at = $2
        WHERE id = $1 AND EXISTS (SELECT 1 FROM core.session_link l WHERE l.id = $3 AND l.version = $4)`,
      [arrivalId, now, link.id, link.version],
    );
    return updated === 1;
  }

  /** The opaque name of a person in this session, made when there is none. A name is no state: it may be made outside a transaction. */
  async participant(
    encounterId: string,
    personId: string,
    role: ParticipantEntity['role'],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<string> {
    const participants = manager.getRepository(ParticipantEntity);
    await manager
      .createQueryBuilder()
      .insert()
      .into(ParticipantEntity)
      .values({ ref: opaque(), encounterId, personId, role })
      .orIgnore()
      .execute();
    const { ref } = await participants.findOneByOrFail({ encounterId, personId });
    return ref;
  }
}
