import { Injectable } from '@nestjs/common';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import type { AppointmentFacts, AppointmentStatus, Modality, Service } from './appointment.model.js';

interface AppointmentRow {
  id: string;
  case_id: string;
  clinician_id: string;
  service: Service;
  modality: Modality;
  status: AppointmentStatus;
  starts_at: Date;
  ends_at: Date;
  time_zone: string;
  wall_start: string;
  local_day: string;
  version: number;
  members: string[];
}

const COLUMNS = `
  a.id, a.case_id, a.clinician_id, a.service, a.modality, a.status, a.starts_at, a.ends_at, a.time_zone,
  to_char(a.wall_start, 'YYYY-MM-DD"T"HH24:MI') AS wall_start, to_char(a.local_day, 'YYYY-MM-DD') AS local_day, a.version,
  ARRAY(SELECT m.client_id FROM core.appointment_member m WHERE m.appointment_id = a.id ORDER BY m.client_id) AS members`;

/** The hot read of Today: equality on the two leading columns of its index, so that one generic plan serves every day. */
const DAY = namedQuery<AppointmentRow>(
  'scheduling.day',
  `SELECT ${COLUMNS} FROM core.appointment a
   WHERE a.clinician_id = $1::uuid AND a.local_day = $2::date ORDER BY a.starts_at, a.id`,
);
/** Equality again, on a list of days: a range of days would be planned anew each time. */
const DAYS = namedQuery<AppointmentRow>(
  'scheduling.days',
  `SELECT ${COLUMNS} FROM core.appointment a
   WHERE a.clinician_id = $1::uuid AND a.local_day = ANY($2::date[]) ORDER BY a.starts_at, a.id`,
);
const ONE = namedQuery<AppointmentRow>(
  'scheduling.one',
  `SELECT ${COLUMNS} FROM core.appointment a WHERE a.id = $1::uuid`,
);
const UPCOMING = namedQuery<AppointmentRow>(
  'scheduling.upcoming',
  `SELECT ${COLUMNS} FROM core.appointment_member am JOIN core.appointment a ON a.id = am.appointment_id
   WHERE am.client_id = $1::uuid AND a.ends_at > $2::timestamptz AND a.status <> 'cancelled'
   ORDER BY a.starts_at, a.id LIMIT $3`,
);
const PAST = namedQuery<AppointmentRow>(
  'scheduling.past',
  `SELECT ${COLUMNS} FROM core.appointment_member am JOIN core.appointment a ON a.id = am.appointment_id
   WHERE am.client_id = $1::uuid AND a.ends_at <= $2::timestamptz
   ORDER BY a.starts_at DESC, a.id DESC LIMIT $3`,
);
const AROUND = namedQuery<AppointmentRow>(
  'scheduling.around',
  `SELECT ${COLUMNS} FROM core.appointment a
   WHERE a.starts_at BETWEEN $1::timestamptz AND $2::timestamptz AND a.ends_at > $3::timestamptz AND a.status <> 'cancelled'
   ORDER BY a.starts_at, a.id`,
);
const CLAIMED = namedQuery<{ starts_at: Date; ends_at: Date; mine: boolean }>(
  'scheduling.claimed',
  `SELECT lower(c.during) AS starts_at, upper(c.during) AS ends_at,
          (c.resource_kind = 'clinician' AND c.resource_id = $1::uuid) AS mine
   FROM core.claim c
   WHERE ((c.resource_kind = 'clinician' AND c.resource_id = $1::uuid)
       OR (c.resource_kind = 'client' AND c.resource_id = ANY($2::uuid[])))
     AND c.during && tstzrange($3::timestamptz, $4::timestamptz, '[)')
     AND c.appointment_id IS DISTINCT FROM $5::uuid
   ORDER BY 1`,
);

/** A time that is taken, without saying by whom or for what. */
export interface TakenTime {
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** True when the clinician is taken, false when one of the clients is. */
  readonly clinician: boolean;
}

/** Reads of appointments, as named prepared statements. They check nothing: services do. */
@Injectable()
export class AppointmentQueries {
  constructor(private readonly sql: Sql) {}

  async day(clinicianId: string, localDay: string): Promise<AppointmentFacts[]> {
    return (await this.sql.rows(DAY, [clinicianId, localDay])).map(toFacts);
  }

  async days(clinicianId: string, localDays: readonly string[]): Promise<AppointmentFacts[]> {
    return (await this.sql.rows(DAYS, [clinicianId, localDays])).map(toFacts);
  }

  async byId(id: string): Promise<AppointmentFacts | undefined> {
    const row = await this.sql.first(ONE, [id]);
    return row && toFacts(row);
  }

  /** Not over at `now`, next first. */
  async upcoming(clientId: string, now: Date, limit: number): Promise<AppointmentFacts[]> {
    return (await this.sql.rows(UPCOMING, [clientId, now, limit])).map(toFacts);
  }

  /** Over at `now`, latest first; cancelled ones too. */
  async past(clientId: string, now: Date, limit: number): Promise<AppointmentFacts[]> {
    return (await this.sql.rows(PAST, [clientId, now, limit])).map(toFacts);
  }

  /** Started at most `before` before and start at most `ahead` after `now` (milliseconds), and are not over. */
  async around(now: Date, before: number, ahead: number): Promise<AppointmentFacts[]> {
    const from = new Date(now.getTime() - before);
    return (await this.sql.rows(AROUND, [from, new Date(now.getTime() + ahead), now])).map(toFacts);
  }

  /** What the clinician or any of the clients is taken by between two instants; `except` leaves one appointment out. */
  async taken(
    resources: { readonly clinicianId: string; readonly clientIds: readonly string[] },
    from: Date,
    until: Date,
    except: string | null,
  ): Promise<TakenTime[]> {
    const rows = await this.sql.rows(CLAIMED, [resources.clinicianId, resources.clientIds, from, until, except]);
    return rows.map((row) => ({ startsAt: row.starts_at, endsAt: row.ends_at, clinician: row.mine }));
  }
}

const toFacts = (row: AppointmentRow): AppointmentFacts => ({
  id: row.id,
  caseId: row.case_id,
  clinicianId: row.clinician_id,
  memberIds: row.members,
  service: row.service,
  modality: row.modality,
  status: row.status,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  timeZone: row.time_zone,
  wallStart: row.wall_start,
  localDay: row.local_day,
  version: row.version,
});
