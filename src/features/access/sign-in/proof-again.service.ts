import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { PasskeyChallenge } from '../factors/passkey-challenge.js';
import { PasskeyProofs } from '../factors/passkey-proof.js';
import { PASSKEY_COUNT } from '../factors/passkey.queries.js';
import { RecoveryCodeService } from '../factors/recovery-code.service.js';
import { RelyingParty } from '../factors/relying-party.js';
import { TotpService } from '../factors/totp.service.js';
import { SessionService } from '../sessions/session.service.js';
import type { SignInMethod } from '../sessions/session.queries.js';
import { SignInRefusals } from './sign-in-refusals.js';
import { SignInService } from './sign-in.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

/** How a signed-in person can show again that it is them. */
export interface WaysToProve {
  readonly passkey: boolean;
  readonly password: boolean;
  /** The password is asked for together with a code. */
  readonly code: boolean;
}

/**
 * Proving again who sits in front of the screen, before what must not be done from a browser somebody left open. Success is a new
 * session with a new id, so that whoever copied the old cookie is out.
 */
@Injectable()
export class ProofAgain {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly signIn: SignInService,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodeService,
    private readonly challenges: PasskeyChallenge,
    private readonly proofs: PasskeyProofs,
    private readonly site: RelyingParty,
    private readonly sessions: SessionService,
    private readonly throttle: SignInThrottle,
    private readonly refusals: SignInRefusals,
    private readonly sql: Sql,
  ) {}

  async ways(who: Principal): Promise<WaysToProve> {
    const account = await this.accounts.byId(who.id);
    if (!account) throw notFound();
    const passkeys = (await this.sql.first(PASSKEY_COUNT, [who.id]))?.passkeys ?? 0;
    return {
      passkey: passkeys > 0 && this.site.available,
      password: account.passwordHash !== null,
      code: account.totpEnc !== null,
    };
  }

  async options(who: Principal, request: Request, response: Response): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.proofs.requestOptions(this.challenges.issue(request, response, 'again'), who.id);
  }

  /**
   * @param typed the browser's answer, JSON
   * @throws DomainError `access.slow-down`
   */
  async byPasskey(who: Principal, request: Request, response: Response, typed: string): Promise<boolean> {
    await this.throttle.beginFrom(request.clientIp);
    const challenge = await this.challenges.take(request, response, 'again');
    const facts = { sessionRef: who.sessionId, ip: request.clientIp, requestId: request.requestId };
    const proof = await this.proofs.prove(typed, challenge, who.id, facts);
    if (!proof.ok) {
      await this.refusals.record(request, who.id, proof.reason);
      return false;
    }
    await this.throttle.succeededFrom(request.clientIp);
    await this.goOn(who, request, 'passkey');
    return true;
  }

  /**
   * The password, and a code of the app or from paper when codes are on.
   *
   * @returns what did not fit, or `undefined` when all did
   * @throws DomainError `access.slow-down`
   */
  async byPassword(
    who: Principal,
    request: Request,
    typed: { readonly password: string; readonly code: string },
  ): Promise<'password' | 'code' | undefined> {
    if (!(await this.signIn.isOwnPassword(request, who, typed.password))) return 'password';
    const account = await this.accounts.byId(who.id);
    if (!account) throw notFound();
    if (account.totpEnc === null) {
      await this.goOn(who, request, 'password');
      return undefined;
    }
    await this.throttle.begin(`code:${who.id}`, request.clientIp);
    const byApp = await this.totp.use(who, account, typed.code);
    if (!byApp && !(await this.recoveryCodes.use(who, typed.code))) {
      await this.refusals.record(request, who.id, 'code');
      return 'code';
    }
    await this.throttle.succeeded(`code:${who.id}`, request.clientIp);
    await this.goOn(who, request, byApp ? 'code' : 'recovery-code');
    return undefined;
  }

  /**
   * Ends the old session and starts the one that counts as freshly proved. For every way of proving, single sign-on included: the
   * caller has checked the proof.
   */
  async goOn(who: Principal, request: Request, method: SignInMethod): Promise<void> {
    const account = await this.accounts.byId(who.id);
    if (account?.state !== 'active') throw notFound();
    await this.sessions.start(request, account, { stage: 'full', method });
  }
}
