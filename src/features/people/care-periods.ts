import { Injectable } from '@nestjs/common';
import { namedQuery, Sql } from '../../platform/database/sql.js';

/** A time in which a clinician worked with a client: assigned, covering or supervising. */
export interface CarePeriod {
  readonly clientId: string;
  readonly clinicianId: string;
  readonly from: Date;
  /** Null while it goes on. */
  readonly until: Date | null;
}

const PERIODS = namedQuery<{ client_id: string; clinician_id: string; from_at: Date; until_at: Date | null }>(
  'people.care-periods',
  `SELECT client_id, clinician_id, from_at, until_at FROM core.assignment
    WHERE client_id = ANY($1::uuid[]) AND from_at < $3::timestamptz AND (until_at IS NULL OR until_at > $2::timestamptz)`,
);

/** Who worked with whom in the past, for looking back at who did what. Checks nobody's rights; whoever asks has done so. */
@Injectable()
export class CarePeriods {
  constructor(private readonly sql: Sql) {}

  /** The periods of these clients that touch a span of time, in no order. */
  async of(clientIds: readonly string[], from: Date, until: Date): Promise<CarePeriod[]> {
    if (clientIds.length === 0) return [];
    const rows = await this.sql.rows(PERIODS, [clientIds, from, until]);
    return rows.map((row) => ({
      clientId: row.client_id,
      clinicianId: row.clinician_id,
      from: row.from_at,
      until: row.until_at,
    }));
  }
}
