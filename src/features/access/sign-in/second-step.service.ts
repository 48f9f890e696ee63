import { Injectable } from '@nestjs/common';
import { Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { PASSKEY_COUNT } from '../factors/passkey.queries.js';

/** What can be asked for after a right password. */
export interface SecondSteps {
  readonly passkey: boolean;
  readonly code: boolean;
}

/** Which second factors an account has; asked only for somebody who has typed its password. */
@Injectable()
export class SecondStep {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly sql: Sql,
  ) {}

  async of(accountId: string): Promise<SecondSteps> {
    const [account, count] = await Promise.all([
      this.accounts.byId(accountId),
      this.sql.first(PASSKEY_COUNT, [accountId]),
    ]);
    if (!account) throw notFound();
    return { passkey: (count?.passkeys ?? 0) > 0, code: account.totpEnc !== null };
  }
}
