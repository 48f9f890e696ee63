import type { Privacy } from '../door/arrival.entity.js';
import type { SessionAppointment } from '../door/door.rules.js';
import type { PersonAttendance } from '../attendance/attendance.service.js';
import type { ArrivalRow, WaitingRow } from '../encounter.queries.js';
import type { BoardEntry } from '../hosting/waiting-list.service.js';
import type { PersonFacts, PracticeFacts } from '../session-facts.service.js';

const MINUTE = 60_000;
/** A waiting page that was not seen for this long was probably closed. */
const UNSEEN_MS = 75_000;

type NameOf = (personId: string) => PersonFacts;

export interface WaitingPerson {
  readonly arrivalId: string;
  readonly appointmentId: string;
  readonly name: string;
  readonly since: string;
  readonly second: boolean;
  readonly away: boolean;
}

export interface PillModel {
  readonly count: number;
  readonly first: WaitingPerson | null;
  readonly others: readonly WaitingPerson[];
  /** Changes when the pill would look different; lets a refresh answer "nothing new". */
  readonly mark: string;
}

/** The waiting pill of the top bar. */
export function pillModel(rows: readonly WaitingRow[], nameOf: NameOf, now: Date): PillModel {
  const people = rows.map((row) => ({
    arrivalId: row.arrival_id,
    appointmentId: row.appointment_id,
    name: nameOf(row.client_id).shortName,
    since: row.arrived_at.toISOString(),
    second: row.second,
    away: isAway(row.seen_at, now),
  }));
  return {
    count: people.length,
    first: people[0] ?? null,
    others: people.slice(1),
    mark:
      people
        .map(({ arrivalId, second, away }) => `${arrivalId.slice(-12)}${second ? 's' : ''}${away ? 'a' : ''}`)
        .join('.') || 'none',
  };
}

export interface PersonAtDoor {
  readonly arrivalId: string;
  readonly name: string;
  readonly inside: boolean;
  readonly since: string;
  readonly second: boolean;
  readonly away: boolean;
  /** i18n keys; null with `...Declined` means that they preferred not to say. */
  readonly privacy: string;
  readonly place: string | null;
  readonly contact: string | null;
  readonly phone: string | null;
  /** `tel:` form of the phone. */
  readonly dial: string | null;
  readonly messageAt: string | null;
}

export interface PeopleModel {
  readonly appointmentId: string;
  readonly waiting: readonly PersonAtDoor[];
  readonly inside: readonly PersonAtDoor[];
  readonly emergencyText: string | null;
  /** Changes when this list would look different; lets a refresh answer "nothing new" without opening an answer. */
  readonly mark: string;
}

/** Pure: the mark of a list of people at the door. */
export const peopleMark = (rows: readonly ArrivalRow[], now: Date): string =>
  rows
    .filter(({ state }) => state === 'waiting' || state === 'admitted')
    .map((row) =>
      [
        row.id.slice(-12),
        row.state[0],
        row.arrived_at.getTime().toString(36),
        row.message_at?.getTime().toString(36) ?? '',
        row.state === 'waiting' && isAway(row.seen_at, now) ? 'a' : '',
      ].join('-'),
    )
    .join('.') || 'none';

const PRIVACY_WORDS: Readonly<Record<Privacy, string>> = {
  alone: 'encounters:safety.privacy.alone',
  near: 'encounters:safety.privacy.near',
  no: 'encounters:safety.privacy.no',
  declined: 'encounters:safety.declined',
};

/** Everybody at the door of one session, for the drawer of the room and the prepare page. */
export function peopleModel(
  appointmentId: string,
  board: readonly BoardEntry[],
  nameOf: NameOf,
  practice: PracticeFacts,
  now: Date,
): PeopleModel {
  const people = board.map(({ arrival, answers, second }): PersonAtDoor => {
    const inside = arrival.state === 'admitted';
    return {
      arrivalId: arrival.id,
      name: nameOf(arrival.client_id).name,
      inside,
      since: arrival.arrived_at.toISOString(),
      second,
      away: !inside && isAway(arrival.seen_at, now),
      privacy: PRIVACY_WORDS[answers.privacy],
      place: answers.place,
      contact: answers.contact,
      phone: answers.phone,
      dial: dialable(answers.phone),
      messageAt: arrival.message_at?.toISOString() ?? null,
    };
  });
  return {
    appointmentId,
    waiting: people.filter(({ inside }) => !inside),
    inside: people.filter(({ inside }) => inside),
    emergencyText: practice.emergencyText,
    mark: peopleMark(
      board.map(({ arrival }) => arrival),
      now,
    ),
  };
}

export interface SessionModel {
  readonly appointmentId: string;
  readonly names: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly zone: string;
  /** Planned length in minutes. */
  readonly minutes: number;
}

export const sessionModel = (appointment: SessionAppointment, nameOf: NameOf): SessionModel => ({
  appointmentId: appointment.id,
  names: appointment.memberIds.map((id) => nameOf(id).name).join(', '),
  startsAt: appointment.startsAt.toISOString(),
  endsAt: appointment.endsAt.toISOString(),
  zone: appointment.timeZone,
  minutes: Math.round((appointment.endsAt.getTime() - appointment.startsAt.getTime()) / MINUTE),
});

export interface RoomModel {
  readonly host: boolean;
  /** Who is on the other side, in one line. */
  readonly other: string;
  readonly pronouns: string | null;
  readonly startsAt: string;
  readonly zone: string;
  readonly minutes: number;
  /** When the room was opened or the browser was admitted: where the timer starts. */
  readonly since: string;
  readonly ticket: string;
  /** Event on the body at which the page looks again. */
  readonly liveEvent: string;
  /** Where a client's page asks whether it is still admitted; null for the clinician. */
  readonly status: string | null;
  /** Where to go when the person is out: back to the door, or the session page. */
  readonly out: string;
  readonly leave: string;
  readonly leaveMethod: 'get' | 'post';
  readonly end: string | null;
  /** Name of the lock that keeps one tab of this browser in the room. */
  readonly tab: string;
  readonly practicePhone: string | null;
  readonly practiceDial: string | null;
  readonly ownPhoneEnd: string | null;
  readonly people: PeopleModel | null;
}

/** How long each person was in the room, for the clinician. */
export function attendanceModel(
  attendance: readonly PersonAttendance[],
  members: readonly string[],
  nameOf: NameOf,
): { name: string; host: boolean; minutes: number; spans: { from: string; until: string }[] }[] {
  const measured = new Map(attendance.map((person) => [person.personId, person]));
  const hosts = attendance.filter(({ role }) => role === 'host').map(({ personId }) => personId);
  return [...hosts, ...members].map((personId) => {
    const person = measured.get(personId);
    return {
      name: nameOf(personId).name,
      host: person?.role === 'host',
      minutes: person?.minutes ?? 0,
      spans: (person?.spans ?? []).map(({ from, until }) => ({ from: from.toISOString(), until: until.toISOString() })),
    };
  });
}

export const dialable = (phone: string | null): string | null =>
  phone === null ? null : `tel:${phone.replace(/[^0-9+]/g, '')}`;

const isAway = (seen: Date, now: Date): boolean => now.getTime() - seen.getTime() >= UNSEEN_MS;
