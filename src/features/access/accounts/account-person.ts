import { Injectable } from '@nestjs/common';
import type { Principal, Role } from '../../../platform/access/principal.js';
import { Directory } from '../../../platform/directory/directory.js';
import { permissionsOf } from '../roles/permissions.js';

export interface AccountFacts {
  readonly id: string;
  readonly role: Role;
  readonly personId: string | null;
  readonly timeZone: string;
  readonly locale: string;
  readonly namesHidden?: boolean;
  /** What owners made of the role; absent or null while nobody changed it. */
  readonly rolePermissions?: readonly string[] | null;
}

/** What the request adds to the account. */
export interface RequestFacts {
  readonly sessionRef?: string;
  readonly provedAt?: Date;
  readonly ip?: string;
  readonly requestId?: string;
}

/** Who an account is: the name people see and the principal it acts as. Names come from the directory, so no statement is spent. */
@Injectable()
export class AccountPerson {
  constructor(private readonly directory: Directory) {}

  name(personId: string | null): string | undefined {
    return personId === null ? undefined : this.directory.get(personId)?.displayName;
  }

  principal(account: AccountFacts, request: RequestFacts): Principal {
    const entry = account.personId === null ? undefined : this.directory.get(account.personId);
    return {
      kind: 'user',
      id: account.id,
      role: account.role,
      personId: account.personId ?? undefined,
      permissions: permissionsOf(account.role, entry?.kinds.includes('clinician') ?? false, account.rolePermissions),
      sessionId: request.sessionRef,
      provedAt: request.provedAt,
      displayName: entry?.displayName,
      timeZone: account.timeZone,
      locale: account.locale,
      namesHidden: account.namesHidden,
      ip: request.ip,
      requestId: request.requestId,
    };
  }
}
