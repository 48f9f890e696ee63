import { FAMILY_NAMES, GIVEN_NAMES } from './names.js';
import type { Happened, Member, ReviewWorld } from './support.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface Practice {
  readonly clinicians: readonly Member[];
  readonly desk: Member;
  readonly biller: Member;
  readonly owner: Member;
  readonly itAdmin: Member;
  /** Clients of each clinician, in their order. */
  readonly caseloads: readonly (readonly string[])[];
}

const CLINICIANS = 8;
const CLIENTS_EACH = 12;

/** A practice with names drawn from lists in which some surnames meet, as they do. */
export async function practiceOf(world: ReviewWorld, random: () => number): Promise<Practice> {
  const name = (): string => `${pick(GIVEN_NAMES, random)} ${pick(FAMILY_NAMES, random)}`;
  const clinicians: Member[] = [];
  const caseloads: string[][] = [];
  for (let at = 0; at < CLINICIANS; at++) {
    const clinician = await world.member('clinician', name());
    clinicians.push(clinician);
    const clients: string[] = [];
    for (let client = 0; client < CLIENTS_EACH; client++) clients.push(await world.client(name(), clinician.personId));
    caseloads.push(clients);
  }
  return {
    clinicians,
    caseloads,
    desk: await world.member('scheduler', 'Mina Kolarczyk'),
    biller: await world.member('biller', 'Jude Rennerfelt'),
    owner: await world.member('owner', 'Noor Hadleigh'),
    itAdmin: await world.member('it-admin', 'Ravi Osgoodby'),
  };
}

/**
 * An ordinary week of about `count` acts: clinicians open the charts of those they meet, before and after; two of them finish notes late
 * one evening; the desk books, answers the phone and looks after three people of the waiting list; everybody signs in, some mistype.
 *
 * @param monday midnight of the practice
 */
export async function ordinaryWeek(
  world: ReviewWorld,
  practice: Practice,
  monday: Date,
  count: number,
  random: () => number,
): Promise<Happened[]> {
  const { clinicians, caseloads, desk } = practice;
  const acts: Happened[] = [];
  const at = (day: number, hour: number): Date => new Date(monday.getTime() + day * DAY + hour * HOUR);
  const opened = (who: Member, when: Date, action: string, clientId: string) =>
    acts.push({ at: when, who: who.who, entry: { action, clientId, object: `client:${clientId}` } });
  const minutes = (): number => random() / 4;

  for (let day = 0; day < 5; day++) {
    for (const [index, clinician] of clinicians.entries()) {
      const started = at(day, 8.2 + minutes());
      if (random() < 0.15) acts.push(mistyped(clinician, started));
      acts.push({ at: started, who: clinician.who, entry: { action: 'session.start' } });
      for (let session = 0; session < 6; session++) {
        const clientId = pick(caseloads[index], random);
        const starts = at(day, 9 + session * 1.5);
        await world.appointment(clinician.personId, clientId, starts);
        opened(clinician, new Date(starts.getTime() - minutes() * HOUR), 'chart.read', clientId);
        opened(clinician, new Date(starts.getTime() + (0.9 + minutes()) * HOUR), 'chart.read', clientId);
        if (random() < 0.5) opened(desk, at(day, 9 + random() * 7), 'appointment.read', clientId);
        if (random() < 0.2) opened(desk, at(day, 9 + random() * 7), 'client.details', clientId);
      }
      // Notes of the day, written in the evening.
      if (day === 2 && index < 2) opened(clinician, at(day, 22 + minutes()), 'chart.read', caseloads[index][0]);
    }
  }
  for (let at_ = 0; at_ < 3; at_++) {
    const waiting = await world.client(`${pick(GIVEN_NAMES, random)} Waitingham`);
    opened(desk, at(at_, 10 + minutes()), 'client.details', waiting);
  }
  while (acts.length < count) {
    const who = random() < 0.3 ? desk : pick(clinicians, random);
    const action = random() < 0.8 ? 'day.read' : 'clients.list';
    acts.push({ at: at(Math.floor(random() * 5), 8 + random() * 10), who: who.who, entry: { action } });
  }
  return acts;
}

const mistyped = (member: Member, at: Date): Happened => ({
  at,
  who: { kind: 'system', id: 'sign-in', permissions: new Set() },
  entry: { action: 'session.refuse', object: `account:${member.accountId}`, outcome: 'refused', reason: 'password' },
});

export const pick = <T>(all: readonly T[], random: () => number): T => all[Math.floor(random() * all.length)];
