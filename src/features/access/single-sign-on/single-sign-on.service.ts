import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { nextStep } from '../../../platform/http/session.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { SessionService } from '../sessions/session.service.js';
import { EntryStage } from '../sign-in/entry-stage.js';
import { ProofAgain } from '../sign-in/proof-again.service.js';
import { SignInRefusals } from '../sign-in/sign-in-refusals.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';
import { SignOnAttempts, type SignOnAttempt } from './sign-on-attempts.js';
import { SignOnDoors } from './sign-on-doors.js';
import { SignOnEntry, type Admission } from './sign-on-entry.service.js';
import { SignOnIdentities } from './sign-on-identities.service.js';
import { CLOCK_TOLERANCE, SignOnProvider } from './sign-on-provider.js';
import type { SignOnClaims } from './claims.js';

/** What coming back from the provider led to: a page of this site, or the one refusal that says nothing more. */
export type SignOnResult = { readonly kind: 'go'; readonly path: string } | { readonly kind: 'refused' };

/** Page that asks somebody whose account has other ways in to use one of them once. */
const CONFIRM = '/sign-in/single-sign-on/confirm';
const REFUSED: SignOnResult = { kind: 'refused' };

/** Signing in, and proving again who one is, at the practice's identity provider. */
@Injectable()
export class SingleSignOn {
  constructor(
    private readonly provider: SignOnProvider,
    private readonly attempts: SignOnAttempts,
    private readonly entry: SignOnEntry,
    private readonly identities: SignOnIdentities,
    private readonly doors: SignOnDoors,
    private readonly accounts: AccountRepository,
    private readonly sessions: SessionService,
    private readonly stages: EntryStage,
    private readonly again: ProofAgain,
    private readonly throttle: SignInThrottle,
    private readonly refusals: SignInRefusals,
  ) {}

  /**
   * Begins a sign-in: leaves the attempt in the browser and returns the provider's address.
   *
   * @param next path of this site to go on to, already checked
   * @throws DomainError `sign-on.unreachable`, not-found while single sign-on is not set up
   */
  async begin(request: Request, response: Response, next: string | null): Promise<URL> {
    if (this.provider.name === null) throw notFound();
    return this.provider.address(this.attempts.begin(request, response, { next, again: null }));
  }

  /** As `begin`, for a signed-in person whose account is linked: the provider asks them again, whatever session they have there. */
  async beginAgain(who: Principal, request: Request, response: Response, next: string | null): Promise<URL> {
    if (!(await this.doors.canProve(who.id))) throw notFound();
    return this.provider.address(this.attempts.begin(request, response, { next, again: who.id }));
  }

  /**
   * Somebody comes back from the provider.
   *
   * @param query the callback's query string with `?`
   * @throws DomainError `sign-on.unreachable`, `access.slow-down`
   */
  async finish(request: Request, response: Response, query: string): Promise<SignOnResult> {
    const state = new URLSearchParams(query).get('state');
    const attempt = await this.attempts.take(request, response, state);
    if (!attempt) return this.refuse(request, null, 'attempt');
    await this.throttle.beginFrom(request.clientIp);
    const claims = await this.claimsOf(query, attempt);
    if (typeof claims === 'string') return this.refuse(request, attempt.again, claims);
    const result =
      attempt.again === null
        ? await this.enter(request, response, attempt, claims)
        : await this.proveAgain(request, attempt, claims);
    if (result.kind === 'go') await this.throttle.succeededFrom(request.clientIp);
    return result;
  }

  private async enter(
    request: Request,
    response: Response,
    { next }: SignOnAttempt,
    claims: SignOnClaims,
  ): Promise<SignOnResult> {
    const admission = await this.entry.admit(claims, request);
    if (admission.kind === 'refused') return this.refuse(request, admission.accountId, admission.why);
    if (admission.kind === 'in') return this.start(request, admission, next);
    const subjectHash = this.identities.subjectHash(claims).toString('base64url');
    this.attempts.keepLink(response, { accountId: admission.accountId, issuer: claims.issuer, subjectHash, next });
    return { kind: 'go', path: CONFIRM };
  }

  private async start(
    request: Request,
    { accountId, twoFactors }: Admission & { kind: 'in' },
    next: string | null,
  ): Promise<SignOnResult> {
    const account = await this.accounts.byId(accountId);
    if (account?.state !== 'active') return this.refuse(request, accountId, 'state');
    const stage = twoFactors ? 'full' : await this.stages.stageAfterPassword(account);
    await this.sessions.start(request, account, { stage, method: 'single-sign-on', next });
    if (stage !== 'full') return { kind: 'go', path: nextStep(stage) };
    return { kind: 'go', path: next ?? request.session.started?.home ?? '/' };
  }

  /** The same person, and asked after this attempt began: a provider that ignores `prompt=login` does not count. */
  private async proveAgain(request: Request, attempt: SignOnAttempt, claims: SignOnClaims): Promise<SignOnResult> {
    const who = request.principal;
    const asked = claims.authenticatedAt?.getTime() ?? 0;
    const isFresh = asked >= attempt.begunAt - CLOCK_TOLERANCE * 1_000;
    if (!who || who.id !== attempt.again || (await this.identities.accountIdOf(claims)) !== who.id || !isFresh)
      return this.refuse(request, attempt.again, isFresh ? 'person' : 'stale');
    await this.again.goOn(who, request, 'single-sign-on');
    return { kind: 'go', path: attempt.next ?? '/account' };
  }

  /** The claims, or a code of why the answer does not count. */
  private async claimsOf(query: string, attempt: SignOnAttempt): Promise<SignOnClaims | string> {
    try {
      return await this.provider.claims(query, attempt);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'sign-on.rejected') return String(error.details.reason);
      throw error;
    }
  }

  private async refuse(request: Request, accountId: string | null, why: string): Promise<SignOnResult> {
    await this.refusals.record(request, accountId, `single sign-on: ${why}`);
    return REFUSED;
  }
}
