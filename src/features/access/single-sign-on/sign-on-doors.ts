import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Sql } from '../../../platform/database/sql.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { isStaff } from '../roles/permissions.js';
import { ProofWays } from '../sign-in/proof-ways.js';
import { SignOnProvider } from './sign-on-provider.js';
import { IDENTITY_OF_ACCOUNT, OWN_WAYS_CLOSED } from './sign-on.queries.js';

/** What the other ways in must know of single sign-on. */
@Injectable()
export class SignOnDoors implements OnModuleInit {
  constructor(
    private readonly provider: SignOnProvider,
    private readonly ways: ProofWays,
    private readonly sql: Sql,
  ) {}

  onModuleInit(): void {
    this.ways.register({
      label: 'access:sign-on.again',
      isFor: (accountId) => this.canProve(accountId),
      hrefFor: (next) => `/account/single-sign-on/again?next=${encodeURIComponent(next)}`,
    });
  }

  /** Name for the sign-in page's button; null while single sign-on is not set up. */
  get name(): string | null {
    return this.provider.name;
  }

  /**
   * True when this account may come in by single sign-on only, so that its password and its passkeys open nothing. Never for owners: they
   * get in when the provider is down. Never while no provider is set up.
   */
  async closedFor(account: Pick<AccountEntity, 'id' | 'role'>): Promise<boolean> {
    if (this.provider.issuer === null || account.role === 'owner' || !isStaff(account.role)) return false;
    return (await this.sql.first(OWN_WAYS_CLOSED, [account.id, this.provider.issuer]))?.closed ?? false;
  }

  /** True when this account can prove who it is by signing in at the provider again. */
  async canProve(accountId: string): Promise<boolean> {
    const identity = await this.sql.first(IDENTITY_OF_ACCOUNT, [accountId]);
    return identity !== undefined && identity.issuer === this.provider.issuer;
  }
}
