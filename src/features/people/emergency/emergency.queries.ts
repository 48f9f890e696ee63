import type { EntityManager } from 'typeorm';
import { namedQuery } from '../../../platform/database/sql.js';
import type { EmergencyFacts, EmergencyWhy } from './emergency.model.js';

interface EmergencyRow {
  readonly id: string;
  readonly account_id: string;
  readonly person_id: string | null;
  readonly client_id: string;
  readonly number: string;
  readonly why: EmergencyWhy;
  readonly opened_at: Date;
  readonly until_at: Date;
  readonly closed_at: Date | null;
  readonly looked_at: Date | null;
  readonly looked_by: string | null;
}

export const CLIENT_OF_NUMBER = namedQuery<{ id: string }>(
  'people.client-of-number',
  'SELECT id FROM core.client WHERE number = $1::bigint',
);

export const OPEN_COUNT = namedQuery<{ open: number }>(
  'people.emergency-count',
  `SELECT count(*)::int AS open FROM core.emergency_access
    WHERE account_id = $1::uuid AND closed_at IS NULL AND until_at > $2::timestamptz`,
);

export const OVERDUE = namedQuery<{ id: string }>(
  'people.emergency-overdue',
  `SELECT id FROM core.emergency_access WHERE closed_at IS NULL AND until_at <= $1::timestamptz ORDER BY until_at LIMIT 50`,
);

const FACTS = `e.id, e.account_id, e.person_id, e.client_id, c.number::text AS number, e.why, e.opened_at, e.until_at, e.closed_at,
          e.looked_at, e.looked_by`;

/** Newest first; ids are made in the order of time. */
export const EMERGENCIES = namedQuery<EmergencyRow>(
  'people.emergencies',
  `SELECT ${FACTS} FROM core.emergency_access e JOIN core.client c ON c.id = e.client_id
    WHERE ($1::uuid IS NULL OR e.id < $1::uuid) ORDER BY e.id DESC LIMIT $2`,
);

export const EMERGENCY = namedQuery<EmergencyRow & { reason_enc: Buffer }>(
  'people.emergency',
  `SELECT ${FACTS}, e.reason_enc FROM core.emergency_access e JOIN core.client c ON c.id = e.client_id WHERE e.id = $1::uuid`,
);

export const UNSEEN = namedQuery<{ count: number }>(
  'people.emergencies-unseen',
  `SELECT count(*)::int AS count FROM core.emergency_access WHERE looked_at IS NULL`,
);

export const factsOf = (row: EmergencyRow): EmergencyFacts => ({
  id: row.id,
  accountId: row.account_id,
  personId: row.person_id,
  clientId: row.client_id,
  clientNumber: row.number,
  why: row.why,
  openedAt: row.opened_at,
  untilAt: row.until_at,
  closedAt: row.closed_at,
  lookedAt: row.looked_at,
  lookedBy: row.looked_by,
});

export interface NewEmergencyRow {
  readonly id: string;
  readonly accountId: string;
  readonly personId: string | null;
  readonly clientId: string;
  readonly why: EmergencyWhy;
  readonly reasonEnc: Buffer;
  readonly openedAt: Date;
  readonly untilAt: Date;
}

export interface EndedRow {
  readonly id: string;
  readonly client_id: string;
  readonly opened_at: Date;
  readonly closed_at: Date;
}

/** Statements that belong into the transaction of a change. All values are parameters. */
export const emergencyWrites = {
  /** One opening of an account after another, in every process: two at once must not both be the third. */
  async queue(manager: EntityManager, accountId: string): Promise<void> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('core.emergency_access ' || $1, 0))`, [
      accountId,
    ]);
  },

  async countOpen(manager: EntityManager, accountId: string, at: Date): Promise<number> {
    const [row] = await manager.query<{ open: number }[]>(
      `SELECT count(*)::int AS open FROM core.emergency_access
        WHERE account_id = $1 AND closed_at IS NULL AND until_at > $2`,
      [accountId, at],
    );
    return row?.open ?? 0;
  },

  async insert(manager: EntityManager, row: NewEmergencyRow): Promise<void> {
    await manager.query(
      `INSERT INTO core.emergency_access (id, account_id, person_id, client_id, why, reason_enc, opened_at, until_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [row.id, row.accountId, row.personId, row.clientId, row.why, row.reasonEnc, row.openedAt, row.untilAt],
    );
  },

  /** The clinicians the client is assigned to at that instant. */
  async cliniciansOf(manager: EntityManager, clientId: string, at: Date): Promise<string[]> {
    const rows = await manager.query<{ clinician_id: string }[]>(
      `SELECT DISTINCT clinician_id FROM core.assignment
        WHERE client_id = $1 AND kind = 'assigned' AND from_at <= $2 AND (until_at IS NULL OR until_at > $2)`,
      [clientId, at],
    );
    return rows.map((row) => row.clinician_id);
  },

  /** Closes what is still open of this account and chart. */
  async close(manager: EntityManager, accountId: string, clientId: string, at: Date): Promise<EndedRow | undefined> {
    const [rows] = await manager.query<[EndedRow[], number]>(
      `UPDATE core.emergency_access SET closed_at = $3
        WHERE account_id = $1 AND client_id = $2 AND closed_at IS NULL AND until_at > $3
        RETURNING id, client_id, opened_at, closed_at`,
      [accountId, clientId, at],
    );
    return rows[0];
  },

  /** Notes the end of what time has closed: these, or all of an account. */
  async endOverdue(
    manager: EntityManager,
    which: { readonly ids: readonly string[] } | { readonly accountId: string },
    at: Date,
  ): Promise<EndedRow[]> {
    const [rows] = await manager.query<[EndedRow[], number]>(
      `UPDATE core.emergency_access SET closed_at = until_at
        WHERE closed_at IS NULL AND until_at <= $1 AND (id = ANY($2::uuid[]) OR account_id = $3::uuid)
        RETURNING id, client_id, opened_at, closed_at`,
      [at, 'ids' in which ? which.ids : [], 'accountId' in which ? which.accountId : null],
    );
    return rows;
  },

  /** @returns false when somebody has looked already */
  async markLookedAt(manager: EntityManager, id: string, accountId: string, at: Date): Promise<boolean> {
    const [, marked] = await manager.query<[unknown, number]>(
      'UPDATE core.emergency_access SET looked_at = $3, looked_by = $2 WHERE id = $1 AND looked_at IS NULL',
      [id, accountId, at],
    );
    return marked === 1;
  },
};
