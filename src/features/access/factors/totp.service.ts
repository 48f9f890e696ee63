import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { emailPlace, pendingTotpPlace, totpPlace } from '../accounts/account.places.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { sessionWrites } from '../sessions/session.queries.js';
import { EntryStage } from '../sign-in/entry-stage.js';
import { passkeyWrites } from './passkey.queries.js';
import { newTotpSecret, totpStep, totpUri } from './totp.js';

/** A secret that is shown waits this long for its first code. In milliseconds. */
const PENDING_FOR = 15 * 60_000;

/** A secret on its way into an authenticator app. */
export interface PendingAuthenticator {
  /** Base32. */
  readonly secret: string;
  /** What the QR code says. */
  readonly uri: string;
}

/** The authenticator of an account: setting it up, checking its codes, taking it away. */
@Injectable()
export class TotpService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly entry: EntryStage,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  /** Makes a new secret that counts only once a code of it was typed. The one in use stays until then. */
  async begin(who: Principal): Promise<void> {
    const sealed = await this.vault.seal('secret', pendingTotpPlace(who.id), newTotpSecret());
    await this.work.run(who, async (tx) => {
      await this.accounts.setPendingTotp(tx.manager, who.id, sealed, this.clock.now());
      tx.audit({ action: 'authenticator.begin', object: `account:${who.id}` });
    });
  }

  /** What is being set up, or `undefined` when nothing is or it is too old. */
  async pending(who: Principal, issuer: string): Promise<PendingAuthenticator | undefined> {
    const account = await this.accounts.byId(who.id);
    if (!account) throw notFound();
    const secret = await this.pendingSecret(account);
    if (secret === undefined) return undefined;
    const email = await this.vault.open('directory.contact', emailPlace(account.id), account.emailEnc);
    return { secret, uri: totpUri(secret, email, issuer) };
  }

  /**
   * The first code arrived: from now on it is asked for. Other sessions end, they began without it.
   *
   * @returns false when the code is not right or nothing is being set up
   */
  async confirm(who: Principal, code: string): Promise<boolean> {
    const account = await this.accounts.byId(who.id);
    const secret = account && (await this.pendingSecret(account));
    const step = secret ? totpStep(secret, code, this.clock.now()) : undefined;
    if (!secret || step === undefined) return false;
    const sealed = await this.vault.seal('secret', totpPlace(who.id), secret);
    await this.work.run(who, async (tx) => {
      await this.accounts.setTotp(tx.manager, who.id, sealed, step);
      const sessions = await sessionWrites.endAll(tx.manager, who.id, who.sessionId ?? null);
      tx.audit({ action: 'authenticator.confirm', object: `account:${who.id}`, facts: { sessions } });
      await this.notices.tell(tx, { accounts: [who.id] }, { kind: 'authenticator.on', href: '/account' });
    });
    return true;
  }

  /**
   * Codes are not asked for any more; the caller has asked for the password and a code.
   *
   * @throws DomainError `access.last-factor` when staff would be left without a second factor
   */
  async remove(who: Principal): Promise<void> {
    await this.work.run(who, async (tx) => {
      const account = await this.accounts.lock(tx.manager, who.id);
      if (!account) throw notFound();
      const passkeys = await passkeyWrites.count(tx.manager, who.id);
      if (passkeys === 0 && this.entry.mustKeepSecondFactor(account))
        throw new DomainError(ACCESS_ERRORS['access.last-factor']);
      await this.accounts.setTotp(tx.manager, who.id, null, null);
      tx.audit({ action: 'authenticator.remove', object: `account:${who.id}`, facts: { passkeys } });
      await this.notices.tell(tx, { accounts: [who.id] }, { kind: 'authenticator.off', href: '/account' });
    });
  }

  /** Accepts a code once: a second use is refused, in this process and in every other. */
  async use(who: Principal, account: AccountEntity, code: string): Promise<boolean> {
    if (account.totpEnc === null) return false;
    const secret = await this.vault.open('secret', totpPlace(account.id), account.totpEnc);
    const step = totpStep(secret, code, this.clock.now());
    if (step === undefined) return false;
    return this.work.run(who, async (tx) => {
      const fresh = await this.accounts.useTotpStep(tx.manager, account.id, step);
      tx.audit({
        action: 'authenticator.use',
        object: `account:${account.id}`,
        outcome: fresh ? 'ok' : 'refused',
        reason: fresh ? undefined : 'code used before',
      });
      return fresh;
    });
  }

  private async pendingSecret(account: AccountEntity): Promise<string | undefined> {
    const { totpPendingEnc, totpPendingAt } = account;
    if (totpPendingEnc === null || totpPendingAt === null) return undefined;
    if (this.clock.now().getTime() - totpPendingAt.getTime() > PENDING_FOR) return undefined;
    return this.vault.open('secret', pendingTotpPlace(account.id), totpPendingEnc);
  }
}
