import type { EntityManager } from 'typeorm';
import type { Role } from '../../platform/access/principal.js';
import { namedQuery } from '../../platform/database/sql.js';
import type { Notice } from '../../platform/ports/notices.js';

export type NoticeFacts = NonNullable<Notice['facts']>;

export interface NoticeRow {
  readonly id: string;
  readonly kind: string;
  readonly facts: NoticeFacts;
  readonly href: string | null;
  readonly created_at: Date;
  readonly read_at: Date | null;
}

/** Newest first: ids are made in the order of time, so one index carries the order and the place to go on from. */
export const NOTICES = namedQuery<NoticeRow>(
  'notices.page',
  `SELECT id, kind, facts, href, created_at, read_at FROM core.notice
    WHERE account_id = $1::uuid AND ($2::uuid IS NULL OR id < $2::uuid) ORDER BY id DESC LIMIT $3`,
);

export const NOTICE = namedQuery<{ kind: string; read_at: Date | null }>(
  'notices.one',
  'SELECT kind, read_at FROM core.notice WHERE account_id = $1::uuid AND id = $2::uuid',
);

export const UNREAD = namedQuery<{ unread: number }>(
  'notices.unread',
  'SELECT count(*)::int AS unread FROM core.notice WHERE account_id = $1::uuid AND read_at IS NULL',
);

/** An account that can sign in, with all that decides what it may do. */
export interface HolderRow {
  readonly id: string;
  readonly role: Role;
  readonly is_clinician: boolean;
  readonly permissions: readonly string[] | null;
}

/** Statements that belong into the transaction of the change that is told. All values are parameters. */
export const noticeWrites = {
  /** Active accounts of these roles. */
  async holders(manager: EntityManager, roles: readonly Role[]): Promise<HolderRow[]> {
    return manager.query<HolderRow[]>(
      `SELECT a.id, a.role, r.permissions,
              EXISTS (SELECT 1 FROM core.clinician c WHERE c.id = a.person_id) AS is_clinician
         FROM core.account a LEFT JOIN core.role_set r ON r.role = a.role
        WHERE a.role = ANY($1::text[]) AND a.state = 'active' ORDER BY a.id`,
      [roles],
    );
  },

  /** What owners made of roles; roles that nobody changed are not in it. */
  async adjustedRoles(manager: EntityManager): Promise<{ role: Role; permissions: readonly string[] }[]> {
    return manager.query('SELECT role, permissions FROM core.role_set');
  },

  /** The accounts among these that are not closed for good; who is suspended reads it when they are back. */
  async open(manager: EntityManager, accounts: readonly string[]): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM core.account WHERE id = ANY($1::uuid[]) AND state <> 'closed' ORDER BY id`,
      [accounts],
    );
    return rows.map(({ id }) => id);
  },

  /** The accounts of these people that can sign in. */
  async ofPersons(manager: EntityManager, persons: readonly string[]): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM core.account WHERE person_id = ANY($1::uuid[]) AND state = 'active' ORDER BY id`,
      [persons],
    );
    return rows.map(({ id }) => id);
  },

  /** One row for each account. `ids` and `accounts` go in pairs. */
  async insert(
    manager: EntityManager,
    rows: { ids: readonly string[]; accounts: readonly string[]; notice: Notice; at: Date },
  ): Promise<void> {
    await manager.query(
      `INSERT INTO core.notice (id, account_id, kind, facts, href, created_at)
       SELECT told.id, told.account, $3, $4::jsonb, $5, $6 FROM unnest($1::uuid[], $2::uuid[]) AS told (id, account)`,
      [
        rows.ids,
        rows.accounts,
        rows.notice.kind,
        JSON.stringify(rows.notice.facts ?? {}),
        rows.notice.href ?? null,
        rows.at,
      ],
    );
  },

  async markRead(manager: EntityManager, accountId: string, id: string, at: Date): Promise<void> {
    await manager.query('UPDATE core.notice SET read_at = $3 WHERE account_id = $1 AND id = $2 AND read_at IS NULL', [
      accountId,
      id,
      at,
    ]);
  },

  /** @returns how many were unread */
  async markAllRead(manager: EntityManager, accountId: string, at: Date): Promise<number> {
    const [, marked] = await manager.query<[unknown, number]>(
      'UPDATE core.notice SET read_at = $2 WHERE account_id = $1 AND read_at IS NULL',
      [accountId, at],
    );
    return marked;
  },
};
