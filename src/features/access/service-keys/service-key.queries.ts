import type { EntityManager } from 'typeorm';
import { namedQuery } from '../../../platform/database/sql.js';

export interface ProgramRow {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly state: 'active' | 'ended';
  readonly created_by: string;
  readonly created_at: Date;
  readonly ended_at: Date | null;
}

export const PROGRAMS = namedQuery<ProgramRow>(
  'access.programs',
  `SELECT p.id, p.name, p.about, p.state, p.created_by, p.created_at, p.ended_at
     FROM core.service_principal p ORDER BY p.id LIMIT 500`,
);

export interface KeyRow {
  readonly id: string;
  readonly principal_id: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly created_by: string;
  /** False when whoever made the key can no longer sign in; the key goes on, and the page says so. */
  readonly creator_active: boolean;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly last_used_at: Date | null;
  readonly last_used_ip: string | null;
  readonly revoked_at: Date | null;
}

export const KEYS = namedQuery<KeyRow>(
  'access.api-keys',
  `SELECT k.id, k.principal_id, k.prefix, k.scopes, k.created_by, a.state = 'active' AS creator_active, k.created_at,
          k.expires_at, k.last_used_at, host(k.last_used_ip) AS last_used_ip, k.revoked_at
     FROM core.api_key k JOIN core.account a ON a.id = k.created_by
    WHERE k.principal_id = ANY($1::uuid[]) ORDER BY k.id DESC LIMIT 1000`,
);

export interface LivingKeyRow {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly last_used_at: Date | null;
  readonly principal_id: string;
  readonly name: string;
}

/** The key and its program in one read; nothing is cached, so a revoked key is unknown with the next request of every process. */
export const RESOLVE_KEY = namedQuery<LivingKeyRow>(
  'access.api-key',
  `SELECT k.id, k.scopes, k.last_used_at, p.id AS principal_id, p.name
     FROM core.api_key k JOIN core.service_principal p ON p.id = k.principal_id
    WHERE k.secret_hash = $1 AND k.revoked_at IS NULL AND k.expires_at > $2 AND p.state = 'active'`,
);

export const NOTE_USE = namedQuery<{ id: string }>(
  'access.api-key-use',
  'UPDATE core.api_key SET last_used_at = $2, last_used_ip = $3 WHERE id = $1 RETURNING id',
);

export interface NewKeyRow {
  readonly id: string;
  readonly principalId: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly by: string;
  readonly at: Date;
  readonly until: Date;
}

/** Statements that belong into the transaction of a change. All values are parameters. */
export const serviceKeyWrites = {
  async insertProgram(
    manager: EntityManager,
    row: { id: string; name: string; about: string; by: string; at: Date },
  ): Promise<void> {
    await manager.query(
      `INSERT INTO core.service_principal (id, name, about, state, created_by, created_at)
       VALUES ($1, $2, $3, 'active', $4, $5)`,
      [row.id, row.name, row.about, row.by, row.at],
    );
  },

  /** The program's state, with its row kept from other changes. */
  async lockProgram(manager: EntityManager, id: string): Promise<'active' | 'ended' | undefined> {
    const rows = await manager.query<{ state: 'active' | 'ended' }[]>(
      'SELECT p.state FROM core.service_principal p WHERE p.id = $1 FOR UPDATE',
      [id],
    );
    return rows[0]?.state;
  },

  async endProgram(manager: EntityManager, id: string, at: Date): Promise<void> {
    await manager.query(`UPDATE core.service_principal SET state = 'ended', ended_at = $2 WHERE id = $1`, [id, at]);
  },

  async insertKey(manager: EntityManager, row: NewKeyRow): Promise<void> {
    await manager.query(
      `INSERT INTO core.api_key (id, principal_id, prefix, secret_hash, scopes, created_by, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [row.id, row.principalId, row.prefix, row.hash, row.scopes, row.by, row.at, row.until],
    );
  },

  /** Ends one key of a program, or all of them with `keyId` null. @returns how many were living */
  async revoke(manager: EntityManager, principalId: string, keyId: string | null, at: Date): Promise<number> {
    const [, revoked] = await manager.query<[unknown, number]>(
      `UPDATE core.api_key SET revoked_at = $3
        WHERE principal_id = $1 AND ($2::uuid IS NULL OR id = $2::uuid) AND revoked_at IS NULL`,
      [principalId, keyId, at],
    );
    return revoked;
  },

  /** Marks the keys that end before `until` and of which nobody was told. @returns their ids and programs */
  async takeEnding(manager: EntityManager, now: Date, until: Date): Promise<{ id: string; principal_id: string }[]> {
    const [rows] = await manager.query<[{ id: string; principal_id: string }[], number]>(
      `UPDATE core.api_key k SET warned_at = $1
         FROM core.service_principal p
        WHERE p.id = k.principal_id AND p.state = 'active' AND k.revoked_at IS NULL AND k.warned_at IS NULL
          AND k.expires_at > $1 AND k.expires_at <= $2
        RETURNING k.id, k.principal_id`,
      [now, until],
    );
    return rows;
  },
};
