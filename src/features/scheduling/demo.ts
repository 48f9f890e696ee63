import type { INestApplicationContext } from '@nestjs/common';
import { systemPrincipal } from '../../platform/access/principal.js';
import { newId } from '../../platform/ids.js';
import { Work } from '../../platform/work/work.js';
import { demoRandom, pick, type DemoClient, type DemoPeople, type DemoPerson } from '../people/public.js';
import type { AppointmentEntity, AppointmentMemberEntity, ClaimEntity } from './appointment.entities.js';
import { AppointmentRepository } from './appointment.repository.js';
import { addDays, localDayOf, localTimeOf, weekdayOf, zonedTime } from './wall-time.js';

/** The session that starts now. */
export interface DemoSession {
  readonly appointmentId: string;
  readonly clinicianId: string;
  readonly clientId: string;
}

interface Rows {
  readonly appointments: AppointmentEntity[];
  readonly members: AppointmentMemberEntity[];
  readonly claims: ClaimEntity[];
}

interface Slot {
  readonly startsAt: Date;
  readonly minutes: number;
  readonly wallStart: string;
}

const MINUTE = 60_000;
const DAYS_BACK = 6;
const DAYS_AHEAD = 8;
/** Fifty minutes with ten to breathe; lunch is free, and a gap here and there. */
const HOURS = ['08:00', '09:00', '10:00', '11:00', '13:00', '14:00', '15:00', '16:00'];

/** A fortnight around `now` for every clinician, and one session of the first clinician with their first client that starts at once. */
export async function seedAppointments(
  app: Pick<INestApplicationContext, 'get'>,
  people: Pick<DemoPeople, 'clinicians' | 'clients'>,
  now: Date,
): Promise<DemoSession> {
  const random = demoRandom(1_117);
  const rows: Rows = { appointments: [], members: [], claims: [] };
  const [clinician] = people.clinicians;
  const client = people.clients.find(({ clinicianId }) => clinicianId === clinician.id);
  if (!client) throw new Error('the demo has no client for its first clinician');
  const session = sessionNow(clinician, now);
  const appointmentId = add(rows, clinician, client, session, now, random, true);
  for (const one of people.clinicians) {
    const own = people.clients.filter(({ clinicianId }) => clinicianId === one.id);
    const busy = one === clinician ? { ...session, clientId: client.id } : undefined;
    fortnight(one, own, now, busy, random, (who, slot) => add(rows, one, who, slot, now, random));
  }
  await app.get(Work).run(systemPrincipal('demo'), async (tx) => {
    await app.get(AppointmentRepository).insertMany(tx.manager, rows.appointments, rows.members, rows.claims);
    tx.audit({ action: 'demo.appointments', facts: { appointments: rows.appointments.length } });
  });
  return { appointmentId, clinicianId: clinician.id, clientId: client.id };
}

/** Starts at the last full five minutes, so that it is going on whenever somebody looks. */
function sessionNow(clinician: DemoPerson, now: Date): Slot {
  const startsAt = new Date(Math.floor(now.getTime() / (5 * MINUTE)) * 5 * MINUTE);
  const { timeZone } = clinician;
  return {
    startsAt,
    minutes: 50,
    wallStart: `${localDayOf(startsAt, timeZone)}T${localTimeOf(startsAt, timeZone)}`,
  };
}

function fortnight(
  clinician: DemoPerson,
  clients: readonly DemoClient[],
  now: Date,
  busy: (Slot & { readonly clientId: string }) | undefined,
  random: () => number,
  book: (client: DemoClient, slot: Slot) => void,
): void {
  const { timeZone } = clinician;
  const today = localDayOf(now, timeZone);
  for (let offset = -DAYS_BACK; offset <= DAYS_AHEAD; offset++) {
    const day = addDays(today, offset);
    if (weekdayOf(day) > 5) continue;
    // Whoever is in the session that starts now does not come a second time today.
    const waiting = shuffled(
      clients.filter(({ id }) => day !== today || id !== busy?.clientId),
      random,
    );
    for (const time of HOURS) {
      if (random() < 0.3 || waiting.length === 0) continue;
      const { startsAt, wallStart } = zonedTime(day, time, timeZone);
      const slot = { startsAt, minutes: time === '16:00' && random() < 0.3 ? 80 : 50, wallStart };
      if (busy && overlaps(slot, busy)) continue;
      const client = waiting.pop();
      if (client) book(client, slot);
    }
  }
}

function add(
  rows: Rows,
  clinician: DemoPerson,
  client: DemoClient,
  slot: Slot,
  now: Date,
  random: () => number,
  certain = false,
): string {
  const id = newId();
  const endsAt = new Date(slot.startsAt.getTime() + slot.minutes * MINUTE);
  const cancelled = !certain && random() < 0.06;
  const status = cancelled ? 'cancelled' : !certain && endsAt <= now ? 'attended' : 'booked';
  rows.appointments.push({
    id,
    caseId: client.caseId,
    clinicianId: clinician.id,
    service: certain || random() > 0.08 ? 'individual' : pick(random, ['first-visit', 'check-in']),
    modality: certain || random() > 0.2 ? 'video' : 'office',
    status,
    startsAt: slot.startsAt,
    endsAt,
    timeZone: clinician.timeZone,
    wallStart: slot.wallStart,
    localDay: localDayOf(slot.startsAt, clinician.timeZone),
    version: 1,
    cancelReason: cancelled ? 'client-asked' : null,
    createdBy: 'demo',
    createdAt: now,
  });
  rows.members.push({ appointmentId: id, clientId: client.id });
  const during = `[${slot.startsAt.toISOString()},${endsAt.toISOString()})`;
  if (!cancelled)
    rows.claims.push(
      { id: newId(), resourceKind: 'clinician', resourceId: clinician.id, during, appointmentId: id },
      { id: newId(), resourceKind: 'client', resourceId: client.id, during, appointmentId: id },
    );
  return id;
}

const overlaps = (a: Slot, b: Slot): boolean =>
  a.startsAt.getTime() < b.startsAt.getTime() + b.minutes * MINUTE &&
  b.startsAt.getTime() < a.startsAt.getTime() + a.minutes * MINUTE;

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}
