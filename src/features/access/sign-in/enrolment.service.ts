import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountPerson } from '../accounts/account-person.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { PasskeyChallenge } from '../factors/passkey-challenge.js';
import { PasskeyService } from '../factors/passkey.service.js';
import { TotpService, type PendingAuthenticator } from '../factors/totp.service.js';
import { SessionService } from '../sessions/session.service.js';

/**
 * The step between a right password and everything else, for people who must have a second factor and have none yet. The session opens
 * nothing but this, and becomes a whole one only by a factor that was shown to work.
 */
@Injectable()
export class Enrolment {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly person: AccountPerson,
    private readonly totp: TotpService,
    private readonly passkeys: PasskeyService,
    private readonly challenges: PasskeyChallenge,
    private readonly sessions: SessionService,
  ) {}

  /** The authenticator that is being set up, or `undefined`. */
  async pending(request: Request, issuer: string): Promise<PendingAuthenticator | undefined> {
    return this.totp.pending(await this.who(request), issuer);
  }

  async beginAuthenticator(request: Request): Promise<void> {
    await this.totp.begin(await this.who(request));
  }

  /** @returns false when the code is not right */
  async confirmAuthenticator(request: Request, code: string): Promise<boolean> {
    const account = await this.account(request);
    if (!(await this.totp.confirm(this.principalOf(account, request), code))) return false;
    await this.finish(request, account, 'code');
    return true;
  }

  async passkeyOptions(
    request: Request,
    response: Response,
    issuer: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const account = await this.account(request);
    const { displayName } = this.principalOf(account, request);
    const challenge = this.challenges.issue(request, response, 'register');
    return this.passkeys.creationOptions(account, { challenge, issuer, displayName });
  }

  /** @returns false when the browser's answer is not as asked */
  async addPasskey(request: Request, response: Response, typed: string, label: string): Promise<boolean> {
    const account = await this.account(request);
    const challenge = await this.challenges.take(request, response, 'register');
    if (!(await this.passkeys.add(this.principalOf(account, request), typed, challenge, label))) return false;
    await this.finish(request, account, 'passkey');
    return true;
  }

  private async finish(request: Request, account: AccountEntity, method: 'code' | 'passkey'): Promise<void> {
    const next = request.session.living?.next_path ?? null;
    await this.sessions.start(request, account, { stage: 'full', method, next });
  }

  private async who(request: Request): Promise<Principal> {
    return this.principalOf(await this.account(request), request);
  }

  private async account(request: Request): Promise<AccountEntity> {
    const { signedIn } = request;
    const account = signedIn?.stage === 'enroll' ? await this.accounts.byId(signedIn.accountId) : null;
    if (account?.state !== 'active') throw notFound();
    return account;
  }

  private principalOf(account: AccountEntity, request: Request): Principal {
    return this.person.principal(account, {
      sessionRef: request.signedIn?.ref,
      ip: request.clientIp,
      requestId: request.requestId,
    });
  }
}
