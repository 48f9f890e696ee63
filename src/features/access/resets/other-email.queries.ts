import type { EntityManager } from 'typeorm';
import { namedQuery } from '../../../platform/database/sql.js';

export type OtherEmailKind = 'wanted' | 'former';

export interface OtherEmail {
  readonly email_enc: Buffer;
  readonly email_index: Buffer;
  readonly at: Date;
}

/** When one's own wish was made, and when the address last changed. */
export const OWN_OTHER_EMAILS = namedQuery<{ kind: OtherEmailKind; at: Date }>(
  'access.own-other-emails',
  `SELECT kind, at FROM core.other_email WHERE account_id = $1`,
);

interface NewOtherEmail {
  readonly accountId: string;
  readonly kind: OtherEmailKind;
  readonly enc: Buffer;
  readonly index: Buffer;
  readonly at: Date;
  /** A row that is younger than this stays as it is. */
  readonly unlessSince: Date;
}

/** Statements that belong into the transaction of a change. All values are parameters. */
export const otherEmailWrites = {
  async put(manager: EntityManager, row: NewOtherEmail): Promise<void> {
    await manager.query(
      `INSERT INTO core.other_email AS o (account_id, kind, email_enc, email_index, at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (account_id, kind) DO UPDATE
         SET email_enc = EXCLUDED.email_enc, email_index = EXCLUDED.email_index, at = EXCLUDED.at
       WHERE o.at <= $6`,
      [row.accountId, row.kind, row.enc, row.index, row.at, row.unlessSince],
    );
  },

  /** The row, unless it is older than `since`. */
  async find(
    manager: EntityManager,
    accountId: string,
    kind: OtherEmailKind,
    since: Date,
  ): Promise<OtherEmail | undefined> {
    const [row] = await manager.query<OtherEmail[]>(
      `SELECT email_enc, email_index, at FROM core.other_email WHERE account_id = $1 AND kind = $2 AND at > $3`,
      [accountId, kind, since],
    );
    return row;
  },

  async remove(manager: EntityManager, accountId: string, kind: OtherEmailKind): Promise<void> {
    await manager.query(`DELETE FROM core.other_email WHERE account_id = $1 AND kind = $2`, [accountId, kind]);
  },

  async isTaken(manager: EntityManager, emailIndex: Buffer): Promise<boolean> {
    const rows = await manager.query<unknown[]>(`SELECT 1 FROM core.account WHERE email_index = $1`, [emailIndex]);
    return rows.length > 0;
  },
};
