import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { aboutClient } from '../accounts/about-client.js';
import { AccountCare, type AccountRef } from '../accounts/account-care.service.js';
import { AccountEndings } from '../accounts/account-endings.service.js';
import { AccountPerson } from '../accounts/account-person.js';
import { emailIndex } from '../accounts/account.places.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { NewPasswords } from '../accounts/new-passwords.service.js';
import { PasswordService } from '../factors/password.service.js';
import { linkClosed } from '../links/link-closed.js';
import { linkWrites } from '../links/one-time-link.queries.js';
import { OneTimeLinks, type IssuedLink, type LivingLink } from '../links/one-time-links.service.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';
import { otherEmailWrites } from './other-email.queries.js';
import { resetWrites } from './reset.queries.js';

/**
 * Forgotten passwords. Asking says nothing about who has an account; whoever looks after the account makes the link; the link sets a
 * password and nothing else, so that a second factor is asked for as before.
 */
@Injectable()
export class PasswordResets {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly care: AccountCare,
    private readonly links: OneTimeLinks,
    private readonly endings: AccountEndings,
    private readonly newPasswords: NewPasswords,
    private readonly passwords: PasswordService,
    private readonly person: AccountPerson,
    private readonly throttle: SignInThrottle,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  /**
   * Somebody at the sign-in asks for a new password. The same statements run and the same answer comes whether the address signs in
   * here or not.
   *
   * @throws DomainError `access.slow-down`
   */
  async ask(request: Request, email: string): Promise<void> {
    const index = emailIndex(this.vault, email);
    await this.throttle.begin(`forgot:${index.toString('base64url')}`, request.clientIp);
    const nobody: Principal = {
      kind: 'system',
      id: 'sign-in',
      permissions: new Set(),
      ip: request.clientIp,
      requestId: request.requestId,
    };
    await this.work.run(nobody, async (tx) => {
      const id = await resetWrites.ask(tx.manager, index, this.clock.now());
      tx.audit({
        action: 'account.ask-password',
        object: id === undefined ? 'account:unknown' : `account:${id}`,
        outcome: id === undefined ? 'refused' : 'ok',
      });
    });
  }

  /** A link for somebody to choose a new password with. Whoever makes it hands it over. */
  async issue(who: Principal, ref: AccountRef): Promise<IssuedLink> {
    const lock = await this.care.require(who, ref);
    return this.work.run(who, async (tx) => {
      const account = await lock(tx);
      if (account.state !== 'active') throw notFound();
      await resetWrites.answered(tx.manager, account.id);
      return this.links.issue(tx, account, 'reset');
    });
  }

  /** The shorter password rule holds for this account. */
  async secondFactorFollows(link: LivingLink): Promise<boolean> {
    const account = await this.accounts.byId(link.accountId);
    if (!account) throw linkClosed();
    return this.newPasswords.besideSecondFactor(account);
  }

  /**
   * Uses the link: sets the password and ends every session. Second factors stay.
   *
   * @returns i18n key of what is wrong with the password, or `undefined` when it is set
   * @throws DomainError `access.link-closed`
   */
  async use(request: Request, token: string, link: LivingLink, password: string): Promise<string | undefined> {
    const account = await this.accounts.byId(link.accountId);
    if (!account) throw linkClosed();
    const secondFactor = await this.newPasswords.besideSecondFactor(account);
    const fault = await this.newPasswords.fault(account, password, secondFactor);
    if (fault) return fault;
    const passwordHash = await this.passwords.hash(password);
    const who = this.person.principal(account, { ip: request.clientIp, requestId: request.requestId });
    await this.work.run(who, async (tx) => {
      const locked = await this.accounts.lock(tx.manager, account.id);
      if (!locked || !(await this.links.use(tx, token, 'reset'))) throw linkClosed();
      await this.accounts.setPassword(tx.manager, account.id, passwordHash, this.clock.now());
      await resetWrites.answered(tx.manager, account.id);
      // Whoever had the old password may have asked for another address. A link for a lost second factor stays: it is the next step.
      await linkWrites.end(tx.manager, account.id, 'email');
      await otherEmailWrites.remove(tx.manager, account.id, 'wanted');
      const sessions = await this.endings.endSessions(tx, account.id);
      tx.audit({
        action: 'account.reset',
        object: `account:${account.id}`,
        ...aboutClient(account),
        facts: { sessions },
      });
      await this.notices.tell(tx, { accounts: [account.id] }, { kind: 'account.reset', href: '/account' });
    });
    return undefined;
  }
}
