import type { EntityManager } from 'typeorm';

/** How somebody made sure that they talk to the person whose second factor is lost. `server`: on the machine itself. */
export const RECOVERY_HOWS = ['in-person', 'video', 'call-back'] as const;
export type RecoveryHow = (typeof RECOVERY_HOWS)[number] | 'server';

export interface NewRecovery {
  readonly id: string;
  readonly accountId: string;
  readonly openedBy: string | null;
  readonly at: Date;
  readonly until: Date;
  readonly how: RecoveryHow;
  readonly wordsEnc: Buffer | null;
  /** One person is enough: clients, and the console of the server. */
  readonly alone: boolean;
}

export interface OpenRecoveryRow {
  readonly opened_by: string | null;
  readonly alone: boolean;
}

/** Statements that belong into the transaction of a change. All values are parameters. */
export const recoveryWrites = {
  /** @returns false when one is open already */
  async open(manager: EntityManager, row: NewRecovery): Promise<boolean> {
    await manager.query(
      `UPDATE core.recovery_request SET dropped_at = $2
        WHERE account_id = $1 AND approved_at IS NULL AND dropped_at IS NULL AND expires_at <= $2`,
      [row.accountId, row.at],
    );
    const rows = await manager.query<unknown[]>(
      `INSERT INTO core.recovery_request (id, account_id, opened_by, opened_at, expires_at, how, words_enc, alone)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (account_id) WHERE approved_at IS NULL AND dropped_at IS NULL DO NOTHING RETURNING id`,
      [row.id, row.accountId, row.openedBy, row.at, row.until, row.how, row.wordsEnc, row.alone],
    );
    return rows.length === 1;
  },

  async find(manager: EntityManager, accountId: string, id: string, at: Date): Promise<OpenRecoveryRow | undefined> {
    const [row] = await manager.query<OpenRecoveryRow[]>(
      `SELECT opened_by, alone FROM core.recovery_request
        WHERE id = $1 AND account_id = $2 AND approved_at IS NULL AND dropped_at IS NULL AND expires_at > $3`,
      [id, accountId, at],
    );
    return row;
  },

  async approve(manager: EntityManager, id: string, by: string | null, at: Date): Promise<void> {
    await manager.query(`UPDATE core.recovery_request SET approved_by = $2, approved_at = $3 WHERE id = $1`, [
      id,
      by,
      at,
    ]);
  },

  async dropAll(manager: EntityManager, accountId: string, at: Date): Promise<void> {
    await manager.query(
      `UPDATE core.recovery_request SET dropped_at = $2
        WHERE account_id = $1 AND approved_at IS NULL AND dropped_at IS NULL`,
      [accountId, at],
    );
  },

  async drop(manager: EntityManager, id: string, at: Date): Promise<void> {
    await manager.query(`UPDATE core.recovery_request SET dropped_at = $2 WHERE id = $1`, [id, at]);
  },
};
