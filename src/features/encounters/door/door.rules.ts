/** Rules of the door in plain data: no clock, no database. Times are instants. */

const MINUTE = 60_000;

/** How long before the start people may come in and wait. */
export const OPENS_BEFORE_MINUTES = 30;
/** How long after the planned end a link still works when nobody ended the session. */
export const CLOSES_AFTER_HOURS = 12;
/** From here on a person is told kindly that they are late. */
const LATE_AFTER_MINUTES = 5;

/** What the door must know of an appointment. */
export interface SessionAppointment {
  readonly id: string;
  readonly clinicianId: string;
  readonly caseId: string;
  readonly memberIds: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** IANA zone of the appointment. */
  readonly timeZone: string;
  readonly modality: 'video' | 'office';
  readonly cancelled: boolean;
}

export type DoorState = 'open' | 'early' | 'ended' | 'cancelled' | 'in-office';

export const opensAt = (appointment: Pick<SessionAppointment, 'startsAt'>): Date =>
  new Date(appointment.startsAt.getTime() - OPENS_BEFORE_MINUTES * MINUTE);

export const closesAt = (appointment: Pick<SessionAppointment, 'endsAt'>): Date =>
  new Date(appointment.endsAt.getTime() + CLOSES_AFTER_HOURS * 60 * MINUTE);

/** Where a link to `appointment` leads at `now`; `encounter` is the state of its session, when there is one. */
export function doorState(
  appointment: SessionAppointment,
  encounter: 'open' | 'ended' | undefined,
  now: Date,
): DoorState {
  if (appointment.cancelled) return 'cancelled';
  if (encounter === 'ended' || now >= closesAt(appointment)) return 'ended';
  if (appointment.modality === 'office') return 'in-office';
  // A clinician who opened the room early means it.
  if (encounter !== 'open' && now < opensAt(appointment)) return 'early';
  return 'open';
}

export const isLate = (appointment: SessionAppointment, now: Date): boolean =>
  now.getTime() >= appointment.startsAt.getTime() + LATE_AFTER_MINUTES * MINUTE;
