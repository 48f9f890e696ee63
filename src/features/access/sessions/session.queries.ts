import type { EntityManager } from 'typeorm';
import { namedQuery } from '../../../platform/database/sql.js';
import type { Role } from '../../../platform/access/principal.js';
import type { SessionStage } from '../../../platform/http/session.js';

/** How somebody proved who they are. A passkey is two factors in one. */
export const SIGN_IN_METHODS = ['password', 'code', 'recovery-code', 'passkey', 'single-sign-on', 'link'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

export interface SessionRow {
  readonly ref: string;
  readonly stage: SessionStage;
  readonly method: SignInMethod;
  readonly next_path: string | null;
  readonly seen_at: Date;
  readonly proved_at: Date;
  readonly absolute_until: Date;
  readonly account_id: string;
  readonly role: Role;
  readonly person_id: string | null;
  readonly time_zone: string;
  readonly locale: string;
  readonly names_hidden: boolean;
  /** What owners made of the role; null while nobody changed it. */
  readonly role_permissions: readonly string[] | null;
}

/**
 * Session, account and role in one read; nothing is cached, so a revoked session or suspended account ends with the next request. It
 * brings along whether the account hides names: every staff page asks, and a statement of its own would be the seventh of Today.
 */
export const RESOLVE = namedQuery<SessionRow>(
  'access.session',
  `SELECT s.ref, s.stage, s.method, s.next_path, s.seen_at, s.proved_at, s.absolute_until,
          a.id AS account_id, a.role, a.person_id, a.time_zone, a.locale, a.names_hidden, r.permissions AS role_permissions
     FROM core.session s JOIN core.account a ON a.id = s.account_id LEFT JOIN core.role_set r ON r.role = a.role
    WHERE s.id_hash = $1 AND a.state = 'active'
      AND s.absolute_until > $2 AND s.seen_at + make_interval(mins => s.idle_minutes) > $2`,
);

export interface StandingRow {
  readonly ref: string;
  readonly awake: boolean;
  readonly account_id: string;
  readonly role: Role;
  readonly person_id: string | null;
  readonly time_zone: string;
  readonly locale: string;
  readonly role_permissions: readonly string[] | null;
}

/** Sessions that have not ended, idle or not, by reference: for everything that stays open in them. */
export const STANDINGS = namedQuery<StandingRow>(
  'access.session-standings',
  `SELECT s.ref, s.seen_at + make_interval(mins => s.idle_minutes) > $2 AS awake,
          a.id AS account_id, a.role, a.person_id, a.time_zone, a.locale, r.permissions AS role_permissions
     FROM core.session s JOIN core.account a ON a.id = s.account_id LEFT JOIN core.role_set r ON r.role = a.role
    WHERE s.ref = ANY($1::uuid[]) AND s.stage = 'full' AND a.state = 'active' AND s.absolute_until > $2`,
);

export const TOUCH = namedQuery<{ ref: string }>(
  'access.session-touch',
  `UPDATE core.session SET seen_at = $2 WHERE id_hash = $1 AND seen_at < $2 RETURNING ref`,
);

export interface OwnSessionRow {
  readonly ref: string;
  readonly method: SignInMethod;
  readonly browser: string;
  readonly ip: string | null;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly absolute_until: Date;
  readonly idle_minutes: number;
}

export const OWN_SESSIONS = namedQuery<OwnSessionRow>(
  'access.sessions-of-account',
  `SELECT ref, method, browser, host(ip) AS ip, created_at, seen_at, absolute_until, idle_minutes FROM core.session
    WHERE account_id = $1 AND stage = 'full'
      AND absolute_until > $2 AND seen_at + make_interval(mins => idle_minutes) > $2
    ORDER BY seen_at DESC, ref LIMIT 50`,
);

export const SESSIONS_BY_ROLE = namedQuery<{ role: Role; sessions: number }>(
  'access.sessions-by-role',
  `SELECT a.role, count(*)::int AS sessions FROM core.session s JOIN core.account a ON a.id = s.account_id
    WHERE s.stage = 'full' AND a.state = 'active'
      AND s.absolute_until > $1 AND s.seen_at + make_interval(mins => s.idle_minutes) > $1
    GROUP BY a.role`,
);

export interface NewSessionRow {
  readonly idHash: Buffer;
  readonly ref: string;
  readonly accountId: string;
  readonly stage: SessionStage;
  readonly method: SignInMethod;
  readonly nextPath: string | null;
  readonly at: Date;
  readonly absoluteUntil: Date;
  readonly idleMinutes: number;
  readonly browser: string;
  readonly ip: string | null;
}

/** Statements that belong into the transaction of a change. All values are parameters. */
export const sessionWrites = {
  /**
   * Holds the account until the session is stored. False when it is not active any more: a sign-in that was under way while the account
   * was suspended must not leave a session behind, which would live again with the account.
   */
  async holdActive(manager: EntityManager, accountId: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `SELECT 1 FROM core.account WHERE id = $1 AND state = 'active' FOR NO KEY UPDATE`,
      [accountId],
    );
    return rows.length > 0;
  },

  async insert(manager: EntityManager, row: NewSessionRow): Promise<void> {
    await manager.query(
      `INSERT INTO core.session
         (id_hash, ref, account_id, stage, method, next_path, created_at, seen_at, proved_at, absolute_until, idle_minutes,
          browser, ip)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8, $9, $10, $11)`,
      [
        row.idHash,
        row.ref,
        row.accountId,
        row.stage,
        row.method,
        row.nextPath,
        row.at,
        row.absoluteUntil,
        row.idleMinutes,
        row.browser,
        row.ip,
      ],
    );
    await manager.query(`DELETE FROM core.session WHERE absolute_until < $1`, [row.at]);
  },

  /** Gives a living session a new id and a fresh proof. @returns false when it has ended */
  async renew(
    manager: EntityManager,
    row: Pick<NewSessionRow, 'idHash' | 'ref' | 'method' | 'at'> & { readonly renews: Buffer },
  ): Promise<boolean> {
    const [, renewed] = await manager.query<[unknown, number]>(
      `UPDATE core.session SET id_hash = $3, method = $4, seen_at = $5, proved_at = $5
        WHERE id_hash = $1 AND ref = $2 AND stage = 'full'`,
      [row.renews, row.ref, row.idHash, row.method, row.at],
    );
    return renewed === 1;
  },

  /** @returns how many sessions ended */
  async endAll(manager: EntityManager, accountId: string, exceptRef: string | null): Promise<number> {
    const [, ended] = await manager.query<[unknown, number]>(
      `DELETE FROM core.session WHERE account_id = $1 AND ($2::uuid IS NULL OR ref <> $2::uuid)`,
      [accountId, exceptRef],
    );
    return ended;
  },

  async endOne(manager: EntityManager, accountId: string, ref: string): Promise<boolean> {
    const [, ended] = await manager.query<[unknown, number]>(
      `DELETE FROM core.session WHERE account_id = $1 AND ref = $2`,
      [accountId, ref],
    );
    return ended === 1;
  },

  async endByHash(manager: EntityManager, idHash: Buffer): Promise<void> {
    await manager.query(`DELETE FROM core.session WHERE id_hash = $1`, [idHash]);
  },
};
