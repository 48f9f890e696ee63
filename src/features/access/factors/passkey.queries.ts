import type { EntityManager } from 'typeorm';
import { namedQuery } from '../../../platform/database/sql.js';

/** How many passkeys an account has. */
export const PASSKEY_COUNT = namedQuery<{ passkeys: number }>(
  'access.passkey-count',
  `SELECT count(*)::int AS passkeys FROM core.passkey WHERE account_id = $1`,
);

export interface OwnPasskeyRow {
  readonly id: string;
  readonly credential_id: Buffer;
  readonly transports: readonly string[];
  readonly backed_up: boolean;
  readonly label_enc: Buffer;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

/** Oldest first, so that a list does not jump when one of them is used. */
export const OWN_PASSKEYS = namedQuery<OwnPasskeyRow>(
  'access.passkeys-of-account',
  `SELECT id, credential_id, transports, backed_up, label_enc, created_at, last_used_at FROM core.passkey
    WHERE account_id = $1 ORDER BY created_at, id LIMIT 50`,
);

export interface PasskeyRow {
  readonly id: string;
  readonly account_id: string;
  readonly credential_id: Buffer;
  readonly public_key: Buffer;
  readonly counter: string;
  readonly transports: readonly string[];
}

export const PASSKEY_BY_CREDENTIAL = namedQuery<PasskeyRow>(
  'access.passkey-by-credential',
  `SELECT id, account_id, credential_id, public_key, counter, transports FROM core.passkey WHERE credential_id = $1`,
);

export interface NewPasskeyRow {
  readonly id: string;
  readonly accountId: string;
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
  readonly aaguid: string;
  readonly labelEnc: Buffer;
  readonly at: Date;
}

/** Statements that belong into the transaction of a change. All values are parameters. */
export const passkeyWrites = {
  /** @returns false when this credential is registered already, for whomever */
  async insert(manager: EntityManager, row: NewPasskeyRow): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `INSERT INTO core.passkey
         (id, account_id, credential_id, public_key, counter, transports, backed_up, aaguid, label_enc, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (credential_id) DO NOTHING RETURNING id`,
      [
        row.id,
        row.accountId,
        row.credentialId,
        row.publicKey,
        row.counter,
        row.transports,
        row.backedUp,
        row.aaguid,
        row.labelEnc,
        row.at,
      ],
    );
    return rows.length === 1;
  },

  /**
   * Notes a use, in one statement, so that of two uses with the same counter one wins, in whichever process. Authenticators that do
   * not count send zero every time.
   *
   * @returns false when the counter did not grow: the key may have been copied
   */
  async use(
    manager: EntityManager,
    id: string,
    use: { readonly counter: number; readonly backedUp: boolean; readonly at: Date },
  ): Promise<boolean> {
    const [, used] = await manager.query<[unknown, number]>(
      `UPDATE core.passkey SET counter = $2::bigint, backed_up = $3, last_used_at = $4
        WHERE id = $1 AND (counter < $2::bigint OR (counter = 0 AND $2::bigint = 0))`,
      [id, use.counter, use.backedUp, use.at],
    );
    return used === 1;
  },

  async rename(manager: EntityManager, accountId: string, id: string, labelEnc: Buffer): Promise<boolean> {
    const [, named] = await manager.query<[unknown, number]>(
      `UPDATE core.passkey SET label_enc = $3 WHERE account_id = $1 AND id = $2`,
      [accountId, id, labelEnc],
    );
    return named === 1;
  },

  async remove(manager: EntityManager, accountId: string, id: string): Promise<boolean> {
    const [, removed] = await manager.query<[unknown, number]>(
      `DELETE FROM core.passkey WHERE account_id = $1 AND id = $2`,
      [accountId, id],
    );
    return removed === 1;
  },

  /** @returns how many there were */
  async removeAll(manager: EntityManager, accountId: string): Promise<number> {
    const [, removed] = await manager.query<[unknown, number]>(`DELETE FROM core.passkey WHERE account_id = $1`, [
      accountId,
    ]);
    return removed;
  },

  async count(manager: EntityManager, accountId: string): Promise<number> {
    const [row] = await manager.query<{ passkeys: number }[]>(
      `SELECT count(*)::int AS passkeys FROM core.passkey WHERE account_id = $1`,
      [accountId],
    );
    return row.passkeys;
  },
};
