import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { aboutClient } from '../accounts/about-client.js';
import { AccountCare, type AccountRef } from '../accounts/account-care.service.js';
import { AccountEndings } from '../accounts/account-endings.service.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountPerson } from '../accounts/account-person.js';
import { emailIndex, emailPlace, otherEmailPlace } from '../accounts/account.places.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { EMAIL_BACK_FOR, EMAIL_WISH_FOR } from '../accounts/waiting.rules.js';
import { linkClosed } from '../links/link-closed.js';
import { OneTimeLinks, type IssuedLink, type LivingLink } from '../links/one-time-links.service.js';
import { linkWrites } from '../links/one-time-link.queries.js';
import { otherEmailWrites, OWN_OTHER_EMAILS, type OtherEmailKind } from './other-email.queries.js';

/** Where one's own change of address stands. */
export interface OwnEmailState {
  readonly askedAt: Date | null;
  readonly backUntil: Date | null;
}

/**
 * Signing in with another address. The wish alone changes nothing and answers the same whether somebody has the address or not: for a
 * client, that somebody else is a client here is not theirs to find out. A link to the new address confirms it.
 */
@Injectable()
export class EmailChanges {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly care: AccountCare,
    private readonly endings: AccountEndings,
    private readonly links: OneTimeLinks,
    private readonly person: AccountPerson,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  async own(who: Principal): Promise<OwnEmailState> {
    const rows = await this.sql.rows(OWN_OTHER_EMAILS, [who.id]);
    const of = (kind: OtherEmailKind): Date | null =>
      rows.find((row) => row.kind === kind && row.at > this.since(kind))?.at ?? null;
    const changedAt = of('former');
    return { askedAt: of('wanted'), backUntil: changedAt && new Date(changedAt.getTime() + EMAIL_BACK_FOR) };
  }

  /**
   * One's own wish. Whoever looks after everybody's accounts has nobody to ask: for them it is changed at once, on the proof the route
   * asked for.
   *
   * @throws DomainError `access.email-taken`, only for those
   */
  async wish(who: Principal, email: string): Promise<'asked' | 'changed'> {
    const index = emailIndex(this.vault, email);
    return this.work.run(who, async (tx) => {
      const account = await this.accounts.lock(tx.manager, who.id);
      if (!account) throw notFound();
      await this.keep(tx, account, 'wanted', email, index);
      if (!can(who, 'staff:manage')) {
        tx.audit({ action: 'account.email-wish', object: `account:${who.id}`, ...aboutClient(account) });
        return 'asked';
      }
      if (await otherEmailWrites.isTaken(tx.manager, index)) throw new DomainError(ACCESS_ERRORS['access.email-taken']);
      await this.apply(tx, account);
      return 'changed';
    });
  }

  /**
   * The link that confirms the wish, to be handed over by way of the new address.
   *
   * @throws DomainError `access.email-taken`
   */
  async issue(who: Principal, ref: AccountRef): Promise<IssuedLink> {
    const lock = await this.care.require(who, ref);
    return this.work.run(who, async (tx) => {
      const account = await lock(tx);
      const wanted = await this.find(tx, account.id, 'wanted');
      if (account.state !== 'active' || !wanted) throw notFound();
      if (await otherEmailWrites.isTaken(tx.manager, wanted.email_index))
        throw new DomainError(ACCESS_ERRORS['access.email-taken']);
      return this.links.issue(tx, account, 'email');
    });
  }

  /** Uses the link. @throws DomainError `access.link-closed`, also when somebody else took the address meanwhile */
  async confirm(request: Pick<Principal, 'ip' | 'requestId'>, token: string, link: LivingLink): Promise<void> {
    const account = await this.accounts.byId(link.accountId);
    if (!account) throw linkClosed();
    await this.work.run(this.person.principal(account, request), async (tx) => {
      const locked = await this.accounts.lock(tx.manager, account.id);
      const wanted = locked && (await this.find(tx, account.id, 'wanted'));
      if (!wanted || (await otherEmailWrites.isTaken(tx.manager, wanted.email_index))) throw linkClosed();
      if (!(await this.links.use(tx, token, 'email'))) throw linkClosed();
      await this.apply(tx, locked);
    });
  }

  /** Puts one's own former address back and ends the other sessions. */
  async putBackOwn(who: Principal): Promise<void> {
    await this.work.run(who, async (tx) => {
      const account = await this.accounts.lock(tx.manager, who.id);
      if (!account) throw notFound();
      await this.putBackInside(tx, account);
    });
  }

  /** The same for somebody whose account one looks after, who may be locked out by the change. */
  async putBack(who: Principal, ref: AccountRef): Promise<void> {
    const lock = await this.care.require(who, ref);
    await this.work.run(who, async (tx) => this.putBackInside(tx, await lock(tx)));
  }

  private async putBackInside(tx: Tx, account: AccountEntity): Promise<void> {
    const { id } = account;
    const former = await this.find(tx, id, 'former');
    if (!former) throw notFound();
    if (await otherEmailWrites.isTaken(tx.manager, former.email_index))
      throw new DomainError(ACCESS_ERRORS['access.email-taken']);
    const email = await this.vault.open('directory.contact', otherEmailPlace(id, 'former'), former.email_enc);
    await this.set(tx, id, email);
    await otherEmailWrites.remove(tx.manager, id, 'former');
    await otherEmailWrites.remove(tx.manager, id, 'wanted');
    // Whoever changed it against the owner's will may still be signed in.
    const sessions = await this.endings.endEntries(tx, id);
    tx.audit({ action: 'account.email-back', object: `account:${id}`, ...aboutClient(account), facts: { sessions } });
    await this.notices.tell(tx, { accounts: [id] }, { kind: 'account.email-back', href: '/account/email' });
  }

  private async apply(tx: Tx, account: AccountEntity): Promise<void> {
    const { id } = account;
    const wanted = await this.find(tx, id, 'wanted');
    if (!wanted) throw linkClosed();
    const before = await this.vault.open('directory.contact', emailPlace(id), account.emailEnc);
    const email = await this.vault.open('directory.contact', otherEmailPlace(id, 'wanted'), wanted.email_enc);
    await this.keep(tx, account, 'former', before, account.emailIndex);
    await this.set(tx, id, email);
    await otherEmailWrites.remove(tx.manager, id, 'wanted');
    await linkWrites.end(tx.manager, id, 'reset');
    tx.audit({ action: 'account.email', object: `account:${id}`, ...aboutClient(account) });
    await this.notices.tell(tx, { accounts: [id] }, { kind: 'account.email', href: '/account/email' });
  }

  private async set(tx: Tx, id: string, email: string): Promise<void> {
    await this.accounts.setEmail(tx.manager, id, {
      enc: await this.vault.seal('directory.contact', emailPlace(id), email),
      index: emailIndex(this.vault, email),
    });
  }

  /** A newer wish replaces the older one; of the former addresses the oldest that can be put back stays. */
  private async keep(
    tx: Tx,
    account: AccountEntity,
    kind: OtherEmailKind,
    email: string,
    index: Buffer,
  ): Promise<void> {
    const at = this.clock.now();
    await otherEmailWrites.put(tx.manager, {
      accountId: account.id,
      kind,
      enc: await this.vault.seal('directory.contact', otherEmailPlace(account.id, kind), email),
      index,
      at,
      unlessSince: kind === 'former' ? this.since(kind) : at,
    });
  }

  private find(tx: Tx, id: string, kind: OtherEmailKind): ReturnType<typeof otherEmailWrites.find> {
    return otherEmailWrites.find(tx.manager, id, kind, this.since(kind));
  }

  private since(kind: OtherEmailKind): Date {
    return new Date(this.clock.now().getTime() - (kind === 'wanted' ? EMAIL_WISH_FOR : EMAIL_BACK_FOR));
  }
}
