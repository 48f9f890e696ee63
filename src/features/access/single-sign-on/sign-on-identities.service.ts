import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId } from '../../../platform/ids.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { passkeyWrites } from '../factors/passkey.queries.js';
import type { SignOnClaims } from './claims.js';
import { SignOnAttempts } from './sign-on-attempts.js';
import { SignOnProvider } from './sign-on-provider.js';
import { SIGN_ON_ERRORS } from './sign-on.errors.js';
import { IDENTITY_OF_ACCOUNT, IDENTITY_OF_SUBJECT, signOnWrites } from './sign-on.queries.js';

/** What people see of their own account at the provider. */
export interface OwnIdentity {
  readonly provider: string | null;
  readonly linkedAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** True when this browser has just shown an identity that waits for this account's word. */
  readonly waiting: boolean;
}

/** Which identity at the provider is which account. Kept as keyed hashes of issuer and subject. */
@Injectable()
export class SignOnIdentities {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly attempts: SignOnAttempts,
    private readonly provider: SignOnProvider,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  subjectHash({ issuer, subject }: Pick<SignOnClaims, 'issuer' | 'subject'>): Buffer {
    return this.vault.hash('sign-on.subject', JSON.stringify([issuer, subject]));
  }

  /** The account of an identity, whatever its state. */
  async accountIdOf(claims: SignOnClaims): Promise<string | undefined> {
    return (await this.sql.first(IDENTITY_OF_SUBJECT, [this.subjectHash(claims)]))?.account_id;
  }

  async own(who: Principal, request: Request): Promise<OwnIdentity> {
    const identity = await this.sql.first(IDENTITY_OF_ACCOUNT, [who.id]);
    const linked = identity?.issuer === this.provider.issuer ? identity : undefined;
    return {
      provider: this.provider.name,
      linkedAt: linked?.linked_at ?? null,
      lastUsedAt: linked?.last_used_at ?? null,
      waiting: this.attempts.waitingLink(request)?.accountId === who.id,
    };
  }

  /** Inside the change that lets somebody in; who it is, is proved. */
  async linkInside(tx: Tx, accountId: string, identity: { issuer: string; subjectHash: Buffer }): Promise<void> {
    await signOnWrites.link(tx.manager, { accountId, ...identity, at: this.clock.now() });
    tx.audit({ action: 'sign-on.link', object: `account:${accountId}` });
    await this.notices.tell(tx, { accounts: [accountId] }, { kind: 'sign-on.link', href: '/account/single-sign-on' });
  }

  /**
   * The signed-in person's word that the identity this browser has shown is theirs. The route asks for a fresh proof of who they are.
   *
   * @returns where they wanted to go
   */
  async confirm(who: Principal, request: Request, response: Response): Promise<string | null> {
    const waiting = this.attempts.waitingLink(request);
    if (waiting?.accountId !== who.id || waiting.issuer !== this.provider.issuer) throw notFound();
    const subjectHash = Buffer.from(waiting.subjectHash, 'base64url');
    const owner = (await this.sql.first(IDENTITY_OF_SUBJECT, [subjectHash]))?.account_id;
    if (owner !== undefined && owner !== who.id) throw notFound();
    await this.work.run(who, async (tx) => {
      await this.accounts.lock(tx.manager, who.id);
      await this.linkInside(tx, who.id, { issuer: waiting.issuer, subjectHash });
    });
    this.attempts.dropLink(response);
    return waiting.next;
  }

  /** @throws DomainError `sign-on.only-way-in` */
  async unlinkOwn(who: Principal): Promise<void> {
    await this.unlink(who, who.id);
  }

  /** Takes the provider's identity off a colleague's account. Needs `sign-on:manage`. */
  async unlinkOther(who: Principal, accountId: string): Promise<void> {
    if (!can(who, 'sign-on:manage') || !isId(accountId)) throw notFound();
    await this.unlink(who, accountId);
  }

  private async unlink(who: Principal, accountId: string): Promise<void> {
    await this.work.run(who, async (tx) => {
      const account = await this.accounts.lock(tx.manager, accountId);
      if (!account || !(await signOnWrites.unlink(tx.manager, accountId))) throw notFound();
      const otherWay = account.passwordHash !== null || (await passkeyWrites.count(tx.manager, accountId)) > 0;
      if (who.id === accountId && !otherWay) throw new DomainError(SIGN_ON_ERRORS['sign-on.only-way-in']);
      tx.audit({ action: 'sign-on.unlink', object: `account:${accountId}` });
      await this.notices.tell(tx, { accounts: [accountId] }, { kind: 'sign-on.unlink', href: '/account' });
    });
  }
}
