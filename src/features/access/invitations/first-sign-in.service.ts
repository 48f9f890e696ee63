import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Clock } from '../../../platform/clock.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { isTimeZone } from '../../practice/public.js';
import { AccountPeople } from '../accounts/account-people.js';
import { AccountPerson } from '../accounts/account-person.js';
import { aboutClient } from '../accounts/about-client.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { NewPasswords } from '../accounts/new-passwords.service.js';
import { PasswordService } from '../factors/password.service.js';
import { linkClosed } from '../links/link-closed.js';
import { OneTimeLinks, type LivingLink } from '../links/one-time-links.service.js';
import { isStaff } from '../roles/permissions.js';

/** What the page of an invitation says. */
export interface InvitationFacts {
  /** Who invites; null when nobody is known any more. */
  readonly inviter: string | null;
  readonly role: AccountEntity['role'];
  /** Address to sign in with, shortened: whoever holds the link knows it, whoever finds it should not learn it. */
  readonly emailHint: string;
  /** The shorter password rule holds, because a second factor follows. */
  readonly secondFactorFollows: boolean;
  /** IANA zone to begin with. */
  readonly timeZone: string;
}

/** The first sign-in: a link, a password of one's own, the zone that times are shown in. */
@Injectable()
export class FirstSignIn {
  constructor(
    private readonly links: OneTimeLinks,
    private readonly accounts: AccountRepository,
    private readonly people: AccountPeople,
    private readonly person: AccountPerson,
    private readonly newPasswords: NewPasswords,
    private readonly passwords: PasswordService,
    private readonly notices: Notices,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  async facts(link: LivingLink): Promise<InvitationFacts> {
    const account = await this.load(link);
    const inviter = link.createdBy === null ? undefined : (await this.people.of([link.createdBy])).get(link.createdBy);
    return {
      inviter: this.person.name(inviter?.personId ?? null) ?? null,
      role: account.role,
      emailHint: shortened(await this.newPasswords.email(account)),
      secondFactorFollows: await this.newPasswords.besideSecondFactor(account),
      timeZone: account.timeZone,
    };
  }

  /** Field to i18n key of what is wrong; empty when it can be accepted. */
  async faults(link: LivingLink, password: string, timeZone: string): Promise<Readonly<Record<string, string>>> {
    const account = await this.load(link);
    const secondFactor = await this.newPasswords.besideSecondFactor(account);
    const fault = await this.newPasswords.fault(account, password, secondFactor);
    return {
      ...(fault ? { password: fault } : {}),
      ...(isTimeZone(timeZone) ? {} : { timeZone: 'access:invite.fault.zone' }),
    };
  }

  /**
   * Uses the link: from now on the account can sign in.
   *
   * @returns the account as it is now, for its first session
   * @throws DomainError `access.link-closed`
   */
  async accept(
    request: Request,
    token: string,
    link: LivingLink,
    first: { password: string; timeZone: string },
  ): Promise<AccountEntity> {
    const passwordHash = await this.passwords.hash(first.password);
    const { timeZone } = first;
    const account = await this.load(link);
    const who = this.person.principal(account, { ip: request.clientIp, requestId: request.requestId });
    await this.work.run(who, async (tx) => {
      const locked = await this.accounts.lock(tx.manager, account.id);
      if (!locked || !(await this.links.use(tx, token, 'invite'))) throw linkClosed();
      await this.accounts.activate(tx.manager, account.id, { passwordHash, timeZone, at: this.clock.now() });
      tx.audit({ action: 'account.accept', object: `account:${account.id}`, ...aboutClient(account) });
      tx.emit('account.accepted', account.id, { accountId: account.id });
      if (link.createdBy !== null && isStaff(account.role))
        await this.notices.tell(
          tx,
          { accounts: [link.createdBy] },
          { kind: 'account.accepted', href: `/admin/people/${account.id}` },
        );
    });
    return this.load(link);
  }

  private async load(link: LivingLink): Promise<AccountEntity> {
    const account = await this.accounts.byId(link.accountId);
    if (!account) throw linkClosed();
    return account;
  }
}

/** `t···@care.example`: enough to know which of one's own addresses it is. */
export function shortened(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '···' : `${Array.from(email)[0]}···${email.slice(at)}`;
}
