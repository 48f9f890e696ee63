import { Injectable } from '@nestjs/common';
import { namedQuery, Sql } from '../../platform/database/sql.js';

/** When a client and a clinician were to meet, cancelled or not: both explain that somebody opened a chart. */
export interface AppointmentTime {
  readonly clinicianId: string;
  readonly clientId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

interface TimeRow {
  readonly clinician_id: string;
  readonly client_id: string;
  readonly starts_at: Date;
  readonly ends_at: Date;
}

const OF_CLIENTS = namedQuery<TimeRow>(
  'scheduling.times-of-clients',
  `SELECT a.clinician_id, m.client_id, a.starts_at, a.ends_at
     FROM core.appointment_member m JOIN core.appointment a ON a.id = m.appointment_id
    WHERE m.client_id = ANY($1::uuid[]) AND a.starts_at >= $2::timestamptz AND a.starts_at < $3::timestamptz`,
);

const OF_CLINICIANS = namedQuery<TimeRow>(
  'scheduling.times-of-clinicians',
  `SELECT a.clinician_id, m.client_id, a.starts_at, a.ends_at
     FROM core.appointment a JOIN core.appointment_member m ON m.appointment_id = a.id
    WHERE a.clinician_id = ANY($1::uuid[]) AND a.starts_at >= $2::timestamptz AND a.starts_at < $3::timestamptz`,
);

/** Appointments as bare times, for looking back at who did what. Checks nobody's rights; whoever asks has done so. */
@Injectable()
export class AppointmentTimes {
  constructor(private readonly sql: Sql) {}

  /** Those of any of these clients that start between two instants. */
  async ofClients(ids: readonly string[], from: Date, until: Date): Promise<AppointmentTime[]> {
    return ids.length === 0 ? [] : (await this.sql.rows(OF_CLIENTS, [ids, from, until])).map(timeOf);
  }

  /** Those of any of these clinicians that start between two instants. */
  async ofClinicians(ids: readonly string[], from: Date, until: Date): Promise<AppointmentTime[]> {
    return ids.length === 0 ? [] : (await this.sql.rows(OF_CLINICIANS, [ids, from, until])).map(timeOf);
  }
}

const timeOf = (row: TimeRow): AppointmentTime => ({
  clinicianId: row.clinician_id,
  clientId: row.client_id,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
});
