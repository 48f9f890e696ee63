import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import type { Principal } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { isId, newId } from '../../platform/ids.js';
import { Work, type Tx } from '../../platform/work/work.js';
import { CareAccess, Cases, Clinicians, People } from '../people/public.js';
import {
  MAX_MINUTES,
  MIN_MINUTES,
  type AppointmentFacts,
  type CancelReason,
  type MoveAppointment,
  type NewAppointment,
} from './appointment.model.js';
import { AppointmentQueries } from './appointment.queries.js';
import { AppointmentRepository, type Resource } from './appointment.repository.js';
import { mayReadCalendar, mayWriteCalendar } from './calendar-access.js';
import { SCHEDULING_ERRORS } from './scheduling.errors.js';
import { isDay, isTime, localDayOf, zonedTime, type ClockRule } from './wall-time.js';

/** Books, moves and cancels on behalf of people. */
@Injectable()
export class Booking {
  constructor(
    private readonly work: Work,
    private readonly queries: AppointmentQueries,
    private readonly repository: AppointmentRepository,
    private readonly care: CareAccess,
    private readonly cases: Cases,
    private readonly clinicians: Clinicians,
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  /** An appointment this principal may see, or not-found. */
  async read(who: Principal, id: string): Promise<AppointmentFacts> {
    const facts = isId(id) ? await this.queries.byId(id) : undefined;
    if (!facts || !mayReadCalendar(who, facts.clinicianId)) throw notFound();
    return facts;
  }

  /** An appointment this principal may change; not-found, or `scheduling.not-changeable` when it is over or cancelled. */
  async changeable(who: Principal, id: string): Promise<AppointmentFacts> {
    const facts = await this.read(who, id);
    if (!mayWriteCalendar(who, facts.clinicianId)) throw notFound();
    if (facts.status !== 'booked' || facts.endsAt <= this.clock.now())
      throw new DomainError(SCHEDULING_ERRORS['scheduling.not-changeable']);
    return facts;
  }

  /**
   * Books one client with one clinician. Throws `scheduling.slot-taken` when either is taken, however many try at once.
   * Booked by the front desk, the clinician works with the client from now on.
   */
  async book(who: Principal, input: NewAppointment): Promise<{ id: string; rule: ClockRule }> {
    if (!isId(input.clinicianId) || !mayWriteCalendar(who, input.clinicianId)) throw notFound();
    if (!(await this.care.mayBook(who, input.clientId))) throw notFound();
    const clinician = await this.clinicians.byId(input.clinicianId);
    if (clinician?.status !== 'active') throw new DomainError(SCHEDULING_ERRORS['scheduling.clinician-unknown']);
    const caseId = await this.cases.individualOf(input.clientId);
    if (!caseId) throw notFound();
    const time = this.timeOf(input, input.timeZone);
    const id = newId();
    await this.claiming(() =>
      this.work.run(who, async (tx) => {
        const resources = resourcesOf(input.clinicianId, [input.clientId]);
        await this.repository.waitForTurn(tx.manager, resources);
        await this.repository.insert(
          tx.manager,
          {
            id,
            caseId,
            clinicianId: input.clinicianId,
            service: input.service,
            modality: input.modality,
            status: 'booked',
            ...time.columns,
            timeZone: input.timeZone,
            version: 1,
            cancelReason: null,
            createdBy: who.id,
            createdAt: this.clock.now(),
          },
          [input.clientId],
        );
        await this.repository.insertClaims(tx.manager, id, resources, time.columns);
        await this.assignIfNew(tx, input);
        tell(tx, 'booked', { id, clinicianId: input.clinicianId, memberIds: [input.clientId] });
      }),
    );
    return { id, rule: time.rule };
  }

  /** Moves one appointment in its own zone. Throws `changed-meanwhile` when somebody else changed it first. */
  async move(who: Principal, id: string, input: MoveAppointment): Promise<{ rule: ClockRule }> {
    const facts = await this.changeable(who, id);
    const time = this.timeOf(input, facts.timeZone);
    await this.claiming(() =>
      this.work.run(who, async (tx) => {
        await this.repository.waitForTurn(tx.manager, resourcesOf(facts.clinicianId, facts.memberIds));
        if (!(await this.repository.move(tx.manager, id, input.version, time.columns)))
          throw new DomainError('changed-meanwhile');
        await this.repository.moveClaims(tx.manager, id, time.columns);
        tell(tx, 'moved', facts);
      }),
    );
    return { rule: time.rule };
  }

  /** Cancels one appointment and frees its time. */
  async cancel(who: Principal, id: string, input: { version: number; reason: CancelReason }): Promise<void> {
    const facts = await this.changeable(who, id);
    await this.work.run(who, async (tx) => {
      if (!(await this.repository.cancel(tx.manager, id, input.version, input.reason)))
        throw new DomainError('changed-meanwhile');
      await this.repository.dropClaims(tx.manager, id);
      tell(tx, 'cancelled', facts, input.reason);
    });
  }

  private timeOf(input: { day: string; time: string; minutes: number }, timeZone: string) {
    if (!isDay(input.day) || !isTime(input.time)) throw new DomainError(SCHEDULING_ERRORS['scheduling.time-unknown']);
    if (!Number.isInteger(input.minutes) || input.minutes < MIN_MINUTES || input.minutes > MAX_MINUTES)
      throw new DomainError(SCHEDULING_ERRORS['scheduling.length']);
    const { startsAt, wallStart, rule } = zonedTime(input.day, input.time, timeZone);
    const endsAt = new Date(startsAt.getTime() + input.minutes * 60_000);
    if (endsAt <= this.clock.now()) throw new DomainError(SCHEDULING_ERRORS['scheduling.in-the-past']);
    return { rule, columns: { startsAt, endsAt, wallStart, localDay: localDayOf(startsAt, timeZone) } };
  }

  private async assignIfNew(tx: Tx, { clientId, clinicianId }: NewAppointment): Promise<void> {
    await this.people.assignInside(tx, { clientId, clinicianId, kind: 'assigned', from: this.clock.now() });
  }

  /** The exclusion constraint speaks in a code of PostgreSQL; people get a coded error. */
  private async claiming(change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (isOverlap(error))
        throw new DomainError(SCHEDULING_ERRORS['scheduling.slot-taken'], {}, { cause: error as Error });
      throw error;
    }
  }
}

const resourcesOf = (clinicianId: string, clientIds: readonly string[]): Resource[] => [
  { kind: 'clinician', id: clinicianId },
  ...clientIds.map((id) => ({ kind: 'client' as const, id })),
];

function tell(
  tx: Tx,
  verb: 'booked' | 'moved' | 'cancelled',
  { id, clinicianId, memberIds }: Pick<AppointmentFacts, 'id' | 'clinicianId' | 'memberIds'>,
  reason?: string,
): void {
  for (const clientId of memberIds)
    tx.audit({ action: `appointment.${verb}`, object: `appointment:${id}`, clientId, reason, facts: { clinicianId } });
  tx.emit(`appointment.${verb}`, id, { appointmentId: id, clinicianId });
  tx.live(`day:${clinicianId}`, 'day');
}

const isOverlap = (error: unknown): boolean =>
  error instanceof QueryFailedError &&
  (error.driverError as { code?: unknown; constraint?: unknown }).code === '23P01' &&
  (error.driverError as { constraint?: unknown }).constraint === 'claim_no_overlap';
