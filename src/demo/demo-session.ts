import type { INestApplicationContext } from '@nestjs/common';
import {
  Appointments,
  Booking,
  localDayOf,
  localTimeOf,
  type AppointmentFacts,
} from '../features/scheduling/public.js';
import { systemPrincipal } from '../platform/access/principal.js';
import { DomainError } from '../platform/errors/domain-error.js';
import type { DemoFile } from './demo-file.js';

const MINUTE = 60_000;
/** A session with less time left than this is not worth joining. */
const ENOUGH = 15 * MINUTE;

/**
 * The session the links lead to. The one of the last start, while it is still going on; else one that is in the calendar anyway; else
 * a new one in the gap that is there now.
 */
export async function sessionForNow(
  app: Pick<INestApplicationContext, 'get'>,
  references: DemoFile['references'],
  now: Date,
): Promise<Pick<AppointmentFacts, 'id' | 'memberIds'>> {
  const { clinicianId } = references;
  const appointments = app.get(Appointments);
  const last = await appointments.byId(references.appointmentId);
  const candidates = [...(last ? [last] : []), ...(await appointments.liveAround(now))];
  const good = candidates.find((one) => one.clinicianId === clinicianId && isGoingOn(one, now));
  return good ?? bookNow(app, references, now);
}

/** Ending a session marks its appointment as attended, so `booked` says that it can still be joined. */
const isGoingOn = ({ status, modality, startsAt, endsAt }: AppointmentFacts, now: Date): boolean =>
  status === 'booked' && modality === 'video' && startsAt <= now && endsAt.getTime() - now.getTime() >= ENOUGH;

async function bookNow(
  app: Pick<INestApplicationContext, 'get'>,
  { clinicianId, clientId, clinicianZone }: DemoFile['references'],
  now: Date,
): Promise<Pick<AppointmentFacts, 'id' | 'memberIds'>> {
  const who = systemPrincipal('demo');
  const booking = app.get(Booking);
  const appointments = app.get(Appointments);
  const startsAt = new Date(Math.floor(now.getTime() / MINUTE) * MINUTE);
  // Whatever stands in the way gives way: the calendar of the demo exists for this session.
  const inTheWay = (await appointments.liveAround(now)).filter(
    (one) => one.status === 'booked' && (one.clinicianId === clinicianId || one.memberIds.includes(clientId)),
  );
  for (const one of inTheWay) await booking.cancel(who, one.id, { version: one.version, reason: 'other' });
  const wanted = {
    clinicianId,
    clientId,
    service: 'individual',
    modality: 'video',
    day: localDayOf(startsAt, clinicianZone),
    time: localTimeOf(startsAt, clinicianZone),
    timeZone: clinicianZone,
  } as const;
  for (const minutes of [50, 25]) {
    try {
      const { id } = await booking.book(who, { ...wanted, minutes });
      return { id, memberIds: [clientId] };
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'scheduling.slot-taken') throw error;
    }
  }
  throw new Error('the demo found no room for a session now');
}
