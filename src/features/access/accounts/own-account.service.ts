import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { PracticeService } from '../../practice/public.js';
import type { AccountEntity } from './account.entity.js';
import { emailPlace } from './account.places.js';
import { AccountRepository } from './account.repository.js';
import { lengthOf, normalise, SHORTEST_ALONE } from '../factors/password-rules.js';
import { PasswordService } from '../factors/password.service.js';
import { sessionWrites } from '../sessions/session.queries.js';
import { EntryStage } from '../sign-in/entry-stage.js';

/** What people see of their own account. */
export interface OwnAccount {
  readonly email: string;
  /** An authenticator app or a passkey. */
  readonly secondFactor: boolean;
  readonly authenticator: boolean;
  readonly hasPassword: boolean;
  /** The last second factor cannot be turned off. */
  readonly mustKeepSecondFactor: boolean;
  readonly passwordChangedAt: Date | null;
}

/** Reading and changing one's own account. */
@Injectable()
export class OwnAccountService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly passwords: PasswordService,
    private readonly practice: PracticeService,
    private readonly entry: EntryStage,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  async read(who: Principal): Promise<OwnAccount> {
    const account = await this.load(who);
    return {
      email: await this.email(account),
      secondFactor: await this.entry.hasSecondFactor(account),
      authenticator: account.totpEnc !== null,
      hasPassword: account.passwordHash !== null,
      mustKeepSecondFactor: this.entry.mustKeepSecondFactor(account),
      passwordChangedAt: account.passwordChangedAt,
    };
  }

  /** The account's entity, for the steps that check a code. */
  async load(who: Principal): Promise<AccountEntity> {
    const account = await this.accounts.byId(who.id);
    if (!account) throw notFound();
    return account;
  }

  /**
   * Sets a new password and ends the other sessions. The caller has asked for the present one.
   *
   * @returns an i18n key of what is wrong with the new password, or `undefined` when it is set
   */
  async changePassword(who: Principal, password: string): Promise<string | undefined> {
    const account = await this.load(who);
    const words = [await this.email(account), who.displayName ?? '', await this.practiceName()];
    const fault = await this.passwords.fault(password, {
      secondFactor: await this.entry.hasSecondFactor(account),
      words,
    });
    if (fault) return fault;
    const hash = await this.passwords.hash(password);
    await this.work.run(who, async (tx) => {
      await this.accounts.setPassword(tx.manager, who.id, hash, this.clock.now());
      const sessions = await sessionWrites.endAll(tx.manager, who.id, who.sessionId ?? null);
      tx.audit({ action: 'account.password', object: `account:${who.id}`, facts: { sessions } });
      tx.live(`account:${who.id}`, 'ended');
      await this.notices.tell(tx, { accounts: [who.id] }, { kind: 'password.changed', href: '/account' });
    });
    return undefined;
  }

  /** "Hide names", for when somebody can see the screen. */
  async hideNames(who: Principal, hidden: boolean): Promise<void> {
    await this.work.run(who, async (tx) => {
      await this.accounts.setNamesHidden(tx.manager, who.id, hidden);
      tx.audit({ action: 'names.display', object: `account:${who.id}`, facts: { hidden } });
    });
  }

  /** A short password is only good beside a code; without one it has to be long. */
  isLongEnoughAlone(password: string): boolean {
    return lengthOf(normalise(password)) >= SHORTEST_ALONE;
  }

  private async email(account: AccountEntity): Promise<string> {
    return this.vault.open('directory.contact', emailPlace(account.id), account.emailEnc);
  }

  private async practiceName(): Promise<string> {
    return (await this.practice.current())?.name ?? '';
  }
}
