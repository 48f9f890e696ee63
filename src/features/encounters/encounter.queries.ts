import { namedQuery } from '../../platform/database/sql.js';
import type { ArrivalState, Privacy } from './door/arrival.entity.js';
import type { EncounterState, EndReason } from './encounter.entity.js';

export interface EncounterRow {
  id: string;
  appointment_id: string;
  clinician_id: string;
  case_id: string;
  room: string;
  state: EncounterState;
  opened_at: Date;
  hosted_at: Date | null;
  ended_at: Date | null;
  end_reason: EndReason | null;
}

export const encounterOf = namedQuery<EncounterRow>(
  'encounters.of-appointment',
  `SELECT id, appointment_id, clinician_id, case_id, room, state, opened_at, hosted_at, ended_at, end_reason
     FROM core.encounter WHERE appointment_id = $1`,
);

export interface ArrivalRow {
  id: string;
  encounter_id: string;
  client_id: string;
  state: ArrivalState;
  arrived_at: Date;
  seen_at: Date;
  put_back_at: Date | null;
  admitted_at: Date | null;
  privacy: Privacy;
  place_declined: boolean;
  place_enc: Buffer | null;
  contact_declined: boolean;
  contact_enc: Buffer | null;
  phone_enc: Buffer | null;
  message_enc: Buffer | null;
  message_at: Date | null;
}

const arrivalColumns = `a.id, a.encounter_id, a.client_id, a.state, a.arrived_at, a.seen_at, a.put_back_at, a.admitted_at, a.privacy,
  a.place_declined, a.place_enc, a.contact_declined, a.contact_enc, a.phone_enc, a.message_enc, a.message_at`;

/** The arrival of one browser: found by session, client and the hash of its cookie together, so that a cookie opens its own door only. */
export const arrivalOfBrowser = namedQuery<ArrivalRow>(
  'encounters.arrival-of-browser',
  `SELECT ${arrivalColumns} FROM core.arrival a WHERE a.encounter_id = $1 AND a.client_id = $2 AND a.browser_hash = $3`,
);

export const arrivalsOf = namedQuery<ArrivalRow>(
  'encounters.arrivals-of-session',
  `SELECT ${arrivalColumns} FROM core.arrival a WHERE a.encounter_id = $1 ORDER BY a.arrived_at, a.id`,
);

export interface WaitingRow {
  arrival_id: string;
  appointment_id: string;
  client_id: string;
  arrived_at: Date;
  seen_at: Date;
  /** Another device of the same person waits or is inside. */
  second: boolean;
}

/** Who waits for a clinician, over all open sessions: one statement on every staff page. */
export const waitingFor = namedQuery<WaitingRow>(
  'encounters.waiting-for-clinician',
  `SELECT a.id AS arrival_id, e.appointment_id, a.client_id, a.arrived_at, a.seen_at,
          EXISTS (SELECT 1 FROM core.arrival o WHERE o.encounter_id = a.encounter_id AND o.client_id = a.client_id
                   AND o.id <> a.id AND (o.state = 'admitted' OR (o.state = 'waiting' AND o.arrived_at < a.arrived_at))) AS second
     FROM core.encounter e JOIN core.arrival a ON a.encounter_id = e.id AND a.state = 'waiting'
    WHERE e.clinician_id = $1 AND e.state = 'open'
    ORDER BY a.arrived_at, a.id LIMIT 50`,
);

export interface DayRow {
  appointment_id: string;
  state: EncounterState;
  waiting_since: Date | null;
  inside: number;
}

/** What the door says about many appointments at once, for Today. */
export const doorOfMany = namedQuery<DayRow>(
  'encounters.door-of-appointments',
  `SELECT e.appointment_id, e.state, min(a.arrived_at) FILTER (WHERE a.state = 'waiting') AS waiting_since,
          (count(*) FILTER (WHERE a.state = 'admitted'))::int AS inside
     FROM core.encounter e LEFT JOIN core.arrival a ON a.encounter_id = e.id
    WHERE e.appointment_id = ANY($1::uuid[]) GROUP BY e.appointment_id, e.state`,
);
