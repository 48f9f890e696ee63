import type { EntityManager } from 'typeorm';
import type { Role } from '../../../platform/access/principal.js';
import { namedQuery } from '../../../platform/database/sql.js';

export interface RoleSetRow {
  readonly role: Role;
  readonly permissions: readonly string[];
  readonly changed_by: string;
  readonly changed_at: Date;
}

export const ROLE_SETS = namedQuery<RoleSetRow>(
  'access.role-sets',
  'SELECT r.role, r.permissions, r.changed_by, r.changed_at FROM core.role_set r ORDER BY r.role',
);

export const ROLE_SET = namedQuery<Pick<RoleSetRow, 'permissions'>>(
  'access.role-set',
  'SELECT permissions FROM core.role_set WHERE role = $1',
);

/** Statements that belong into the transaction of a change. All values are parameters. */
export const roleSetWrites = {
  /** What owners made of the roles, with the table kept from every other change of roles until the end of this one; reading goes on. */
  async lock(manager: EntityManager): Promise<RoleSetRow[]> {
    await manager.query('LOCK TABLE core.role_set IN SHARE ROW EXCLUSIVE MODE');
    return manager.query<RoleSetRow[]>(ROLE_SETS.text);
  },

  async save(manager: EntityManager, row: RoleSetRow): Promise<void> {
    await manager.query(
      `INSERT INTO core.role_set (role, permissions, changed_by, changed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (role) DO UPDATE SET permissions = $2, changed_by = $3, changed_at = $4`,
      [row.role, row.permissions, row.changed_by, row.changed_at],
    );
  },

  /** The role has its usual set again, the ones of later versions included. */
  async remove(manager: EntityManager, role: Role): Promise<void> {
    await manager.query('DELETE FROM core.role_set WHERE role = $1', [role]);
  },
};
