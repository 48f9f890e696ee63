import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { AccountPeople } from '../accounts/account-people.js';
import { AccountPerson } from '../accounts/account-person.js';
import {
  alwaysHolds,
  isPermission,
  mayHold,
  setOf,
  STAFF_ROLES,
  type Permission,
  type StaffRole,
} from './permissions.js';
import { ROLE_SETS, roleSetWrites, type RoleSetRow } from './role-set.queries.js';

/** What one role may do now. */
export interface RoleSet {
  readonly role: StaffRole;
  readonly permissions: readonly Permission[];
  /** Null while the role has its usual set. */
  readonly changed: { readonly at: Date; readonly by: string | null } | null;
  /** Changes with each change of the role; a form sends it back. */
  readonly version: string;
}

/** What somebody wants one role to be, and the version they were looking at. */
export interface WantedRole {
  readonly role: StaffRole;
  readonly permissions: readonly string[];
  readonly version: string;
}

/**
 * What each role may do, as owners adjust it. Every session reads the set of its role with its own statement, so a change counts with
 * the next request of everybody, in every process. All of it needs `roles:manage`.
 */
@Injectable()
export class RoleSets {
  constructor(
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly people: AccountPeople,
    private readonly person: AccountPerson,
    private readonly notices: Notices,
    private readonly clock: Clock,
  ) {}

  /** Every role of the staff. Clients and guardians have the portal and nothing else, and that is not adjusted. */
  async list(who: Principal): Promise<RoleSet[]> {
    if (!can(who, 'roles:manage')) throw notFound();
    const rows = await this.sql.rows(ROLE_SETS);
    const owners = await this.people.of(rows.map((row) => row.changed_by));
    const name = (id: string): string | null => this.person.name(owners.get(id)?.personId ?? null) ?? null;
    return STAFF_ROLES.map((role) => {
      const row = rowOf(role, rows);
      return {
        role,
        permissions: setOf(role, row?.permissions ?? null),
        changed: row ? { at: row.changed_at, by: name(row.changed_by) } : null,
        version: versionOf(row),
      };
    });
  }

  /**
   * Gives roles other sets, all of them or none. A role whose set is what it was is left alone.
   *
   * @returns the roles that changed
   * @throws DomainError `access.not-for-role` for a permission the role may never hold or must keep, `changed-meanwhile` when somebody
   * else changed one of the roles since
   */
  async change(who: Principal, wanted: readonly WantedRole[]): Promise<StaffRole[]> {
    if (!can(who, 'roles:manage')) throw notFound();
    for (const one of wanted) requireAllowed(one);
    const now = await this.sql.rows(ROLE_SETS);
    if (!wanted.some((one) => differs(one, rowOf(one.role, now)))) return [];
    return this.work.run(who, async (tx) => {
      const rows = await roleSetWrites.lock(tx.manager);
      const changed: StaffRole[] = [];
      for (const one of wanted) if (await this.changeOne(tx, one, rows)) changed.push(one.role);
      // Between the look above and the lock somebody else made the very same change.
      if (changed.length === 0) throw new DomainError('changed-meanwhile');
      await this.notices.tell(tx, { holdersOf: 'roles:manage', except: who.id }, NOTICE);
      return changed;
    });
  }

  /** Gives a role its usual set again. Throws as `change`. */
  async reset(who: Principal, role: string, version: string): Promise<StaffRole[]> {
    const known = STAFF_ROLES.find((one) => one === role);
    if (!known) throw notFound();
    return this.change(who, [{ role: known, permissions: setOf(known, null), version }]);
  }

  private async changeOne(tx: Tx, wanted: WantedRole, rows: readonly RoleSetRow[]): Promise<boolean> {
    const { role } = wanted;
    const row = rowOf(role, rows);
    if (!differs(wanted, row)) return false;
    const [before, after] = [setOf(role, row?.permissions ?? null), setOf(role, wanted.permissions)];
    if (versionOf(row) !== wanted.version) throw new DomainError('changed-meanwhile');
    const usual = isSame(after, setOf(role, null));
    if (usual) await roleSetWrites.remove(tx.manager, role);
    else
      await roleSetWrites.save(tx.manager, {
        role,
        permissions: after,
        changed_by: tx.who.id,
        changed_at: this.clock.now(),
      });
    const added = after.filter((key) => !before.includes(key)).join(' ');
    const removed = before.filter((key) => !after.includes(key)).join(' ');
    tx.audit({ action: 'role.change', object: `role:${role}`, facts: { added, removed, usual } });
    tx.emit('role.changed', role, { role });
    tx.live('roles', 'changed', { role });
    return true;
  }
}

const NOTICE = { kind: 'role.change', href: '/admin/roles' } as const;

const versionOf = (row: RoleSetRow | undefined): string => row?.changed_at.toISOString() ?? 'usual';

const rowOf = (role: StaffRole, rows: readonly RoleSetRow[]): RoleSetRow | undefined =>
  rows.find((row) => row.role === role);

/** Also true for a usual set that is still stored as an adjusted one: it would not follow the next version of Alcove. */
function differs({ role, permissions }: WantedRole, row: RoleSetRow | undefined): boolean {
  const wanted = setOf(role, permissions);
  if (!isSame(wanted, setOf(role, row?.permissions ?? null))) return true;
  return row !== undefined && isSame(wanted, setOf(role, null));
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

/** Boxes that are not on the page can only come from somebody who made the form themselves. */
function requireAllowed({ role, permissions }: WantedRole): void {
  const wrong = permissions.some((key) => !isPermission(key) || !(mayHold(role, key) || alwaysHolds(role, key)));
  if (wrong) throw new DomainError(ACCESS_ERRORS['access.not-for-role']);
}
