import type { EntityManager } from 'typeorm';
import type { Role } from '../../../platform/access/principal.js';
import { namedQuery } from '../../../platform/database/sql.js';
import type { StaffRole } from '../roles/permissions.js';

export const IDENTITY_OF_SUBJECT = namedQuery<{ account_id: string }>(
  'access.sign-on-identity-of-subject',
  `SELECT account_id FROM core.sign_on_identity WHERE subject_hash = $1`,
);

export interface IdentityRow {
  readonly issuer: string;
  readonly linked_at: Date;
  readonly last_used_at: Date | null;
}

export const IDENTITY_OF_ACCOUNT = namedQuery<IdentityRow>(
  'access.sign-on-identity-of-account',
  `SELECT issuer, linked_at, last_used_at FROM core.sign_on_identity WHERE account_id = $1`,
);

export interface LinkedRow {
  readonly account_id: string;
  readonly role: Role;
  readonly person_id: string | null;
  readonly linked_at: Date;
  readonly last_used_at: Date | null;
}

export const LINKED_ACCOUNTS = namedQuery<LinkedRow>(
  'access.sign-on-linked-accounts',
  `SELECT i.account_id, a.role, a.person_id, i.linked_at, i.last_used_at
     FROM core.sign_on_identity i JOIN core.account a ON a.id = i.account_id
    WHERE i.issuer = $1 ORDER BY i.linked_at, i.account_id LIMIT 500`,
);

export interface GroupRow {
  readonly group_name: string;
  readonly role: StaffRole;
}

export const GROUPS = namedQuery<GroupRow>(
  'access.sign-on-groups',
  `SELECT group_name, role FROM core.sign_on_group ORDER BY group_name LIMIT 500`,
);

export interface RulesRow {
  readonly groups_decide: boolean;
  readonly creates_accounts: boolean;
  readonly closes_own_ways: boolean;
  readonly trusted_proofs: readonly string[];
}

export const RULES = namedQuery<RulesRow>(
  'access.sign-on-rules',
  `SELECT groups_decide, creates_accounts, closes_own_ways, trusted_proofs FROM core.sign_on_rules`,
);

/** Two reads in one: is this account's own way in closed? */
export const OWN_WAYS_CLOSED = namedQuery<{ closed: boolean }>(
  'access.sign-on-own-ways-closed',
  `SELECT r.closes_own_ways AS closed FROM core.sign_on_rules r, core.sign_on_identity i
    WHERE i.account_id = $1 AND i.issuer = $2`,
);

/** Statements that belong into the transaction of a change. All values are parameters. */
export const signOnWrites = {
  /** Takes the place of the account's former identity. */
  async link(
    manager: EntityManager,
    row: { accountId: string; issuer: string; subjectHash: Buffer; at: Date },
  ): Promise<void> {
    await manager.query(
      `INSERT INTO core.sign_on_identity (account_id, issuer, subject_hash, linked_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (account_id) DO UPDATE SET issuer = EXCLUDED.issuer, subject_hash = EXCLUDED.subject_hash,
         linked_at = EXCLUDED.linked_at, last_used_at = NULL`,
      [row.accountId, row.issuer, row.subjectHash, row.at],
    );
  },

  async unlink(manager: EntityManager, accountId: string): Promise<boolean> {
    const [, removed] = await manager.query<[unknown, number]>(
      `DELETE FROM core.sign_on_identity WHERE account_id = $1`,
      [accountId],
    );
    return removed === 1;
  },

  async used(manager: EntityManager, accountId: string, at: Date): Promise<void> {
    await manager.query(`UPDATE core.sign_on_identity SET last_used_at = $2 WHERE account_id = $1`, [accountId, at]);
  },

  async putGroup(manager: EntityManager, row: GroupRow & { by: string; at: Date }): Promise<void> {
    await manager.query(
      `INSERT INTO core.sign_on_group (group_name, role, changed_by, changed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (group_name) DO UPDATE SET role = EXCLUDED.role, changed_by = EXCLUDED.changed_by,
         changed_at = EXCLUDED.changed_at`,
      [row.group_name, row.role, row.by, row.at],
    );
  },

  async removeGroup(manager: EntityManager, group: string): Promise<boolean> {
    const [, removed] = await manager.query<[unknown, number]>(`DELETE FROM core.sign_on_group WHERE group_name = $1`, [
      group,
    ]);
    return removed === 1;
  },

  async countGroups(manager: EntityManager): Promise<number> {
    const [row] = await manager.query<{ groups: number }[]>(`SELECT count(*)::int AS groups FROM core.sign_on_group`);
    return row.groups;
  },

  async putRules(manager: EntityManager, row: RulesRow & { by: string; at: Date }): Promise<void> {
    await manager.query(
      `INSERT INTO core.sign_on_rules
         (groups_decide, creates_accounts, closes_own_ways, trusted_proofs, changed_by, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (one) DO UPDATE SET groups_decide = EXCLUDED.groups_decide,
         creates_accounts = EXCLUDED.creates_accounts, closes_own_ways = EXCLUDED.closes_own_ways,
         trusted_proofs = EXCLUDED.trusted_proofs, changed_by = EXCLUDED.changed_by, changed_at = EXCLUDED.changed_at`,
      [row.groups_decide, row.creates_accounts, row.closes_own_ways, row.trusted_proofs, row.by, row.at],
    );
  },
};
