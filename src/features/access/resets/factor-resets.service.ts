import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Clock } from '../../../platform/clock.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { aboutClient } from '../accounts/about-client.js';
import { AccountEndings } from '../accounts/account-endings.service.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountPerson } from '../accounts/account-person.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { NewPasswords } from '../accounts/new-passwords.service.js';
import { clearFactors } from '../factors/clear-factors.js';
import { lengthOf, normalise, SHORTEST_ALONE } from '../factors/password-rules.js';
import { PasswordService } from '../factors/password.service.js';
import { linkClosed } from '../links/link-closed.js';
import { OneTimeLinks, type LivingLink } from '../links/one-time-links.service.js';
import { isStaff } from '../roles/permissions.js';
import { EntryStage } from '../sign-in/entry-stage.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';

/** What using the link of a lost second factor led to. */
export type FactorReset =
  | { readonly kind: 'in'; readonly account: AccountEntity }
  /** i18n keys by field. */
  | { readonly kind: 'fault'; readonly errors: Readonly<Record<string, string>> };

export interface FactorResetInput {
  readonly password: string;
  /** A longer password, for whom it stands alone afterwards; empty when the present one is long enough. */
  readonly wanted: string;
}

/** The last step of a lost second factor: the link and the password together take the factors away. */
@Injectable()
export class FactorResets {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly links: OneTimeLinks,
    private readonly endings: AccountEndings,
    private readonly newPasswords: NewPasswords,
    private readonly passwords: PasswordService,
    private readonly person: AccountPerson,
    private readonly entry: EntryStage,
    private readonly throttle: SignInThrottle,
    private readonly notices: Notices,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  /** True where the password stands alone afterwards, so that it may have to become longer. */
  async standsAlone(link: LivingLink): Promise<boolean> {
    return !this.entry.mustKeepSecondFactor(await this.load(link));
  }

  /**
   * @throws DomainError `access.slow-down` after too many wrong passwords, `access.link-closed`
   */
  async use(request: Request, token: string, link: LivingLink, input: FactorResetInput): Promise<FactorReset> {
    const account = await this.load(link);
    const key = `again:${account.id}`;
    await this.throttle.begin(key, request.clientIp);
    if (!(await this.passwords.matches(account.passwordHash, input.password)))
      return { kind: 'fault', errors: { password: 'access:password.fault.present' } };
    await this.throttle.succeeded(key, request.clientIp);
    const alone = !this.entry.mustKeepSecondFactor(account);
    const needsLonger = alone && lengthOf(normalise(input.password)) < SHORTEST_ALONE;
    const fault =
      needsLonger || input.wanted !== '' ? await this.newPasswords.fault(account, input.wanted, !alone) : undefined;
    if (fault) return { kind: 'fault', errors: { wanted: fault } };
    const passwordHash = input.wanted === '' ? null : await this.passwords.hash(input.wanted);
    await this.apply(request, token, account, passwordHash);
    return { kind: 'in', account: await this.load(link) };
  }

  private async apply(
    request: Request,
    token: string,
    account: AccountEntity,
    passwordHash: string | null,
  ): Promise<void> {
    const { id } = account;
    const who = this.person.principal(account, { ip: request.clientIp, requestId: request.requestId });
    await this.work.run(who, async (tx) => {
      const locked = await this.accounts.lock(tx.manager, id);
      if (!locked || !(await this.links.use(tx, token, 'recover'))) throw linkClosed();
      await clearFactors(tx, this.accounts, id);
      if (passwordHash !== null) await this.accounts.setPassword(tx.manager, id, passwordHash, this.clock.now());
      const sessions = await this.endings.endEntries(tx, id);
      tx.audit({ action: 'account.recover', object: `account:${id}`, ...aboutClient(locked), facts: { sessions } });
      await this.notices.tell(tx, { accounts: [id] }, { kind: 'account.recovered', href: '/account' });
      if (isStaff(locked.role))
        await this.notices.tell(
          tx,
          { holdersOf: 'staff:manage', except: id },
          { kind: 'account.recovered-colleague', href: `/admin/people/${id}` },
        );
    });
  }

  private async load(link: LivingLink): Promise<AccountEntity> {
    const account = await this.accounts.byId(link.accountId);
    if (!account) throw linkClosed();
    return account;
  }
}
