import { Inject, Injectable } from '@nestjs/common';
import { Sql } from '../../../platform/database/sql.js';
import type { SessionStage } from '../../../platform/http/session.js';
import { ACCESS_OPTIONS, type AccessOptions } from '../access.options.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { PASSKEY_COUNT } from '../factors/passkey.queries.js';
import { isStaff } from '../roles/permissions.js';

/** What of an account decides how far one proof of identity brings it. */
export type Entering = Pick<AccountEntity, 'id' | 'role' | 'totpEnc'>;

/** Where a sign-in goes on after the first of two factors. One place decides, for every way in. */
@Injectable()
export class EntryStage {
  constructor(
    @Inject(ACCESS_OPTIONS) private readonly options: AccessOptions,
    private readonly sql: Sql,
  ) {}

  /**
   * The stage of a session that begins with one factor: a password, a one-time link, an identity provider that does not say it asked
   * for two. `half` when the account has a second factor to ask for, `enroll` when it must set one up first, `full` otherwise.
   */
  async stageAfterPassword(account: Entering): Promise<SessionStage> {
    return stageAfterOneFactor(account, await this.hasSecondFactor(account), this.options);
  }

  /** An authenticator app or a passkey. */
  async hasSecondFactor(account: Pick<Entering, 'id' | 'totpEnc'>): Promise<boolean> {
    if (account.totpEnc !== null) return true;
    const row = await this.sql.first(PASSKEY_COUNT, [account.id]);
    return row !== undefined && row.passkeys > 0;
  }

  /** True for accounts whose last second factor nobody may take away from inside a session. */
  mustKeepSecondFactor(account: Pick<Entering, 'role'>): boolean {
    return isStaff(account.role) && this.options.staffSecondFactor === 'required';
  }
}

/** The rule of `EntryStage`, without the database. */
export function stageAfterOneFactor(
  account: Pick<Entering, 'role'>,
  hasSecondFactor: boolean,
  options: AccessOptions,
): SessionStage {
  if (hasSecondFactor) return 'half';
  return isStaff(account.role) && options.staffSecondFactor === 'required' ? 'enroll' : 'full';
}
