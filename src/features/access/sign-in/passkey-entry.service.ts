import { Injectable } from '@nestjs/common';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Request, Response } from 'express';
import { PasskeyChallenge } from '../factors/passkey-challenge.js';
import { PasskeyProofs } from '../factors/passkey-proof.js';
import { SessionService } from '../sessions/session.service.js';
import { SignOnDoors } from '../single-sign-on/sign-on-doors.js';
import { SignInRefusals } from './sign-in-refusals.js';
import type { SignInResult } from './sign-in.service.js';
import { SignInThrottle } from './sign-in-throttle.js';

/**
 * Signing in with a passkey, without typing an address: it names its account and counts as both factors. Failures are held against the
 * network address only, so that whoever hammers on an account never keeps its owner out.
 */
@Injectable()
export class PasskeyEntry {
  constructor(
    private readonly challenges: PasskeyChallenge,
    private readonly proofs: PasskeyProofs,
    private readonly sessions: SessionService,
    private readonly throttle: SignInThrottle,
    private readonly refusals: SignInRefusals,
    private readonly doors: SignOnDoors,
  ) {}

  /** The question for the browser. After a right password only the passkeys of that account count. */
  async options(request: Request, response: Response): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const challenge = this.challenges.issue(request, response, 'enter');
    return this.proofs.requestOptions(challenge, halfSignedIn(request));
  }

  /**
   * The answer. Unknown, removed, wrong and a suspended account's passkey are refused alike.
   *
   * @param typed the browser's answer, JSON
   * @param next path of this site to go on to, already checked; a half-signed-in session has its own
   * @throws DomainError `access.slow-down`
   */
  async enter(request: Request, response: Response, typed: string, next: string | null): Promise<SignInResult> {
    await this.throttle.beginFrom(request.clientIp);
    const challenge = await this.challenges.take(request, response, 'enter');
    const proof = await this.proofs.prove(typed, challenge, halfSignedIn(request), {
      ip: request.clientIp,
      requestId: request.requestId,
    });
    if (!proof.ok) {
      await this.refusals.record(request, proof.accountId, proof.reason);
      return { kind: 'refused' };
    }
    // As the second step of a sign-in that came by the provider it is welcome.
    if (halfSignedIn(request) === null && (await this.doors.closedFor(proof.account))) {
      await this.refusals.record(request, proof.account.id, 'passkey');
      return { kind: 'refused' };
    }
    await this.throttle.succeededFrom(request.clientIp);
    const onwards = next ?? request.session.living?.next_path ?? null;
    await this.sessions.start(request, proof.account, { stage: 'full', method: 'passkey', next: onwards });
    return { kind: 'in', next: onwards };
  }
}

const halfSignedIn = (request: Request): string | null =>
  request.signedIn?.stage === 'half' ? request.signedIn.accountId : null;
