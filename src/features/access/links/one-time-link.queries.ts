import type { EntityManager } from 'typeorm';
import { namedQuery } from '../../../platform/database/sql.js';
import type { Role } from '../../../platform/access/principal.js';

/** What a link is for: coming in for the first time, a new password, a new address, a lost second factor. */
export const LINK_PURPOSES = ['invite', 'reset', 'email', 'recover'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

export interface LinkRow {
  readonly purpose: LinkPurpose;
  readonly account_id: string;
  readonly created_by: string | null;
  readonly role: Role;
}

/** An invitation opens an account that waits; everything else one that is in use. */
const USABLE = `l.used_at IS NULL AND l.expires_at > $2
  AND a.state = CASE l.purpose WHEN 'invite' THEN 'invited' ELSE 'active' END`;

export const LIVING_LINK = namedQuery<LinkRow>(
  'access.one-time-link',
  `SELECT l.purpose, l.account_id, l.created_by, a.role
     FROM core.one_time_link l JOIN core.account a ON a.id = l.account_id
    WHERE l.token_hash = $1 AND ${USABLE}`,
);

export interface NewLinkRow {
  readonly id: string;
  readonly accountId: string;
  readonly purpose: LinkPurpose;
  readonly tokenHash: Buffer;
  readonly createdBy: string | null;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** Statements that belong into the transaction of a change. All values are parameters. */
export const linkWrites = {
  /** The newer link takes the place of the older one of the same purpose. */
  async put(manager: EntityManager, row: NewLinkRow): Promise<void> {
    await manager.query(
      `INSERT INTO core.one_time_link (id, account_id, purpose, token_hash, created_by, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (account_id, purpose) DO UPDATE SET id = EXCLUDED.id, token_hash = EXCLUDED.token_hash,
         created_by = EXCLUDED.created_by, created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at,
         used_at = NULL`,
      [row.id, row.accountId, row.purpose, row.tokenHash, row.createdBy, row.at, row.expiresAt],
    );
  },

  /**
   * Uses a link, in one statement, so that of two uses one wins, in whichever process.
   *
   * @returns false when it was used, replaced or too old meanwhile
   */
  async use(manager: EntityManager, tokenHash: Buffer, purpose: LinkPurpose, at: Date): Promise<boolean> {
    const [, used] = await manager.query<[unknown, number]>(
      `UPDATE core.one_time_link l SET used_at = $2 FROM core.account a
        WHERE a.id = l.account_id AND l.token_hash = $1 AND l.purpose = $3 AND ${USABLE}`,
      [tokenHash, at, purpose],
    );
    return used === 1;
  },

  /** @returns how many links of the account ended */
  async endAll(manager: EntityManager, accountId: string): Promise<number> {
    const [, ended] = await manager.query<[unknown, number]>(`DELETE FROM core.one_time_link WHERE account_id = $1`, [
      accountId,
    ]);
    return ended;
  },

  async end(manager: EntityManager, accountId: string, purpose: LinkPurpose): Promise<void> {
    await manager.query(`DELETE FROM core.one_time_link WHERE account_id = $1 AND purpose = $2`, [accountId, purpose]);
  },
};
