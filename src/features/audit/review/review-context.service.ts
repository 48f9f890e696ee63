import { Injectable } from '@nestjs/common';
import { Directory, type DirectoryEntry } from '../../../platform/directory/directory.js';
import { AccountPeople, type AccountOwner } from '../../access/public.js';
import { CarePeriods, type CarePeriod } from '../../people/public.js';
import { AppointmentTimes, type AppointmentTime } from '../../scheduling/public.js';
import { groupOf } from '../actions.js';
import type { AuditLine } from '../audit.queries.js';
import type { LocalMoment } from '../days.js';
import type { AboutClient, Act } from './act.js';
import { sameSurname } from './surname.js';

const HOUR = 3_600_000;
/** How near an appointment explains that somebody looked. */
const NEAR = 14 * 24 * HOUR;
/** How near an appointment of one's own explains being at work at night. */
const AT_WORK = 2 * HOUR;

/** Everything known about the people of one page of rows; asked for with four statements, however many rows there are. */
interface Known {
  readonly owners: ReadonlyMap<string, AccountOwner>;
  readonly care: ReadonlyMap<string, readonly CarePeriod[]>;
  readonly visits: ReadonlyMap<string, readonly AppointmentTime[]>;
  readonly days: ReadonlyMap<string, readonly AppointmentTime[]>;
}

/** Says what a row of the audit was about, in terms the rules can judge. Names are compared in memory and never kept. */
@Injectable()
export class ReviewContext {
  constructor(
    private readonly accounts: AccountPeople,
    private readonly care: CarePeriods,
    private readonly times: AppointmentTimes,
    private readonly directory: Directory,
  ) {}

  /** Resolves when names are known: without them the rules about names would find nothing. */
  async ready(): Promise<void> {
    await this.directory.ready;
  }

  /** @param local reads an instant on the clocks of the practice */
  async acts(lines: readonly AuditLine[], local: (at: Date) => LocalMoment): Promise<Act[]> {
    const known = await this.ask(lines);
    return lines.map((line) => this.act(line, known, local(line.at)));
  }

  private async ask(lines: readonly AuditLine[]): Promise<Known> {
    const actors = unique(lines.flatMap((line) => (line.actor_kind === 'user' ? [line.actor_id] : [])));
    const clients = unique(lines.flatMap((line) => (line.client_id === null ? [] : [line.client_id])));
    const moments = lines.map((line) => line.at.getTime());
    const first = Math.min(...moments);
    const last = Math.max(...moments) + 1;
    const owners = await this.accounts.of(actors);
    const people = unique([...owners.values()].flatMap(({ personId }) => (personId === null ? [] : [personId])));
    const [care, visits, days] = await Promise.all([
      this.care.of(clients, new Date(first), new Date(last)),
      this.times.ofClients(clients, new Date(first - NEAR), new Date(last + NEAR)),
      // The longest appointment is eight hours.
      this.times.ofClinicians(people, new Date(first - AT_WORK - 8 * HOUR), new Date(last + AT_WORK)),
    ]);
    return {
      owners,
      care: grouped(care, ({ clientId }) => clientId),
      visits: grouped(visits, ({ clientId }) => clientId),
      days: grouped(days, ({ clinicianId }) => clinicianId),
    };
  }

  private act(line: AuditLine, known: Known, { day, hour, weekend }: LocalMoment): Act {
    const owner = line.actor_kind === 'user' ? known.owners.get(line.actor_id) : undefined;
    const staff = owner !== undefined && owner.role !== 'client' && owner.role !== 'guardian';
    const person = owner?.personId ?? null;
    const own = person === null ? [] : (known.days.get(person) ?? []);
    return {
      seq: BigInt(line.seq),
      at: line.at,
      day,
      hour,
      weekend,
      actorKind: line.actor_kind,
      actorId: line.actor_id,
      staff,
      action: line.action,
      group: groupOf(line.action),
      object: line.object,
      clientId: line.client_id,
      outcome: line.outcome,
      about: staff && line.client_id !== null ? this.about(owner, line.client_id, line.at, known) : null,
      atWork: own.some(({ startsAt, endsAt }) => within(line.at, startsAt, endsAt, AT_WORK)),
    };
  }

  private about(owner: AccountOwner, clientId: string, at: Date, known: Known): AboutClient {
    const client = this.directory.get(clientId);
    const actor = owner.personId === null ? undefined : this.directory.get(owner.personId);
    const holds = ({ clinicianId, from, until }: CarePeriod): boolean =>
      clinicianId === owner.personId && from <= at && (until === null || until > at);
    // Who sees clients needs an appointment of their own with this one; the front desk works for everybody's.
    const sees = actor?.kinds.includes('clinician') ?? false;
    const explains = (visit: AppointmentTime): boolean =>
      (!sees || visit.clinicianId === owner.personId) && within(at, visit.startsAt, visit.endsAt, NEAR);
    return {
      self: owner.personId === clientId,
      sameSurname: client !== undefined && actor !== undefined && sameSurname(client.displayName, actor.displayName),
      colleague: client !== undefined && worksHere(client),
      inCare: (known.care.get(clientId) ?? []).some(holds),
      appointment: (known.visits.get(clientId) ?? []).some(explains),
    };
  }
}

const worksHere = ({ kinds }: DirectoryEntry): boolean => kinds.includes('staff') || kinds.includes('clinician');

const within = (at: Date, from: Date, until: Date, around: number): boolean =>
  at.getTime() >= from.getTime() - around && at.getTime() <= until.getTime() + around;

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group) group.push(one);
    else groups.set(keyOf(one), [one]);
  }
  return groups;
}
