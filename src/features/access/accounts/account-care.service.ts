import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Directory } from '../../../platform/directory/directory.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId } from '../../../platform/ids.js';
import type { Tx } from '../../../platform/work/work.js';
import { CareAccess, Relationships } from '../../people/public.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { isStaff } from '../roles/permissions.js';
import type { AccountEntity } from './account.entity.js';
import { AccountRepository } from './account.repository.js';

/** Which account is meant: a colleague's, or one from a client's page. */
export interface AccountRef {
  readonly accountId: string;
  /** The client on whose page this is done; absent for staff. */
  readonly clientId?: string;
}

/**
 * Who looks after whose account: `staff:manage` holders after their colleagues', and whoever may change a client's details after the
 * accounts of that client, their guardians and representatives. Nobody after their own this way.
 */
@Injectable()
export class AccountCare {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly access: CareAccess,
    private readonly relationships: Relationships,
    private readonly directory: Directory,
  ) {}

  /**
   * Checks the right before the change begins (it reads through the pool).
   *
   * @returns the way to lock the account inside the change
   * @throws DomainError `not-found`, the same for an unknown account and for one that is not theirs to look after
   * @throws DomainError `access.not-yourself`
   */
  async require(who: Principal, { accountId, clientId }: AccountRef): Promise<(tx: Tx) => Promise<AccountEntity>> {
    if (!isId(accountId)) throw notFound();
    const people = clientId === undefined ? this.requireStaff(who) : await this.peopleOf(who, clientId);
    if (who.id === accountId) throw new DomainError(ACCESS_ERRORS['access.not-yourself']);
    return async (tx) => {
      const account = await this.accounts.lock(tx.manager, accountId);
      if (!account || account.state === 'closed') throw notFound();
      const theirs =
        people === 'staff' ? isStaff(account.role) : !isStaff(account.role) && people.has(account.personId ?? '');
      if (!theirs) throw notFound();
      return account;
    };
  }

  /** The client and everybody who has or had rights towards them, for whoever may change the client's details. */
  async peopleOf(who: Principal, clientId: string): Promise<ReadonlySet<string>> {
    const known = this.directory.get(clientId)?.kinds.includes('client') ?? false;
    if (!(await this.access.mayEdit(who, clientId)) || !known) throw notFound();
    const others = await this.relationships.around(clientId);
    return new Set([clientId, ...others.map(({ personId }) => personId)]);
  }

  private requireStaff(who: Principal): 'staff' {
    if (!can(who, 'staff:manage')) throw notFound();
    return 'staff';
  }
}
