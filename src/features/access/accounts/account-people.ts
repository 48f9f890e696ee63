import { Injectable } from '@nestjs/common';
import type { Role } from '../../../platform/access/principal.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { AccountPerson } from './account-person.js';

/** Who stands behind an account id of the audit. */
export interface AccountOwner {
  readonly id: string;
  readonly role: Role;
  /** Id of the client, clinician or staff person; null for an account that is nobody's. */
  readonly personId: string | null;
}

interface OwnerRow {
  readonly id: string;
  readonly role: Role;
  readonly person_id: string | null;
}

const OWNERS = namedQuery<OwnerRow>(
  'access.account-owners',
  'SELECT a.id, a.role, a.person_id FROM core.account a WHERE a.id = ANY($1::uuid[])',
);

const STAFF_OWNERS = namedQuery<OwnerRow>(
  'access.staff-owners',
  `SELECT a.id, a.role, a.person_id FROM core.account a
    WHERE a.role NOT IN ('client', 'guardian') ORDER BY a.created_at, a.id LIMIT 500`,
);

interface ActiveRow extends OwnerRow {
  readonly time_zone: string;
  readonly locale: string;
  readonly role_permissions: readonly string[] | null;
}

const ACTIVE_STAFF = namedQuery<ActiveRow>(
  'access.active-staff',
  `SELECT a.id, a.role, a.person_id, a.time_zone, a.locale, r.permissions AS role_permissions
     FROM core.account a LEFT JOIN core.role_set r ON r.role = a.role
    WHERE a.role NOT IN ('client', 'guardian') AND a.state = 'active' ORDER BY a.created_at, a.id LIMIT 500`,
);

/** Accounts as references, for features that show or judge who did what. Checks nobody's rights; whoever asks has done so. */
@Injectable()
export class AccountPeople {
  constructor(
    private readonly sql: Sql,
    private readonly person: AccountPerson,
  ) {}

  /** The owners of these accounts by account id; ids of no account are left out. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, AccountOwner>> {
    if (ids.length === 0) return new Map();
    return new Map((await this.sql.rows(OWNERS, [ids])).map((row) => [row.id, ownerOf(row)]));
  }

  /** Everybody who works here or did, oldest account first. */
  async staff(): Promise<AccountOwner[]> {
    return (await this.sql.rows(STAFF_OWNERS)).map(ownerOf);
  }

  /** Ids of the accounts that can sign in and hold a permission now. */
  async holders(permission: string): Promise<string[]> {
    const rows = await this.sql.rows(ACTIVE_STAFF);
    const holds = (row: ActiveRow): boolean =>
      this.person
        .principal(
          {
            id: row.id,
            role: row.role,
            personId: row.person_id,
            timeZone: row.time_zone,
            locale: row.locale,
            rolePermissions: row.role_permissions,
          },
          {},
        )
        .permissions.has(permission);
    return rows.filter(holds).map((row) => row.id);
  }
}

const ownerOf = (row: OwnerRow): AccountOwner => ({ id: row.id, role: row.role, personId: row.person_id });
