import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import { isId } from '../../platform/ids.js';

/** Somebody who has or had rights towards a client. */
export interface PersonAround {
  readonly personId: string;
  readonly kind: 'guardian' | 'representative';
  /** True while the rights hold, by the client's own calendar. */
  readonly current: boolean;
}

/** Payers pay and never look in, so they are not asked for here. */
const AROUND = namedQuery<{ person_id: string; kind: PersonAround['kind']; current: boolean }>(
  'people.around-client',
  `SELECT r.person_id, min(r.kind) AS kind,
          bool_or(r.from_on <= t.today AND (r.until_on IS NULL OR r.until_on >= t.today)) AS current
     FROM core.person p
     JOIN core.relationship r ON r.client_id = p.id AND r.kind IN ('guardian', 'representative')
    CROSS JOIN LATERAL (SELECT ($2::timestamptz AT TIME ZONE p.time_zone)::date AS today) t
    WHERE p.id = $1::uuid
    GROUP BY r.person_id ORDER BY r.person_id LIMIT 50`,
);

/** Guardians and representatives. Checks nobody's rights; whoever asks has done so. */
@Injectable()
export class Relationships {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  /** Everybody who has or had rights towards this client. */
  async around(clientId: string): Promise<PersonAround[]> {
    if (!isId(clientId)) return [];
    const rows = await this.sql.rows(AROUND, [clientId, this.clock.now()]);
    return rows.map(({ person_id: personId, kind, current }) => ({ personId, kind, current }));
  }
}
