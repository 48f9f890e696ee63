import { Injectable } from '@nestjs/common';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import type { Request } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { Vault } from '../../../platform/crypto/vault.js';
import type { SessionStage } from '../../../platform/http/session.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { emailIndex } from '../accounts/account.places.js';
import { AccountPerson } from '../accounts/account-person.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { PasswordService } from '../factors/password.service.js';
import { SessionService } from '../sessions/session.service.js';
import { SignOnDoors } from '../single-sign-on/sign-on-doors.js';
import { RecoveryCodeService } from '../factors/recovery-code.service.js';
import { EntryStage } from './entry-stage.js';
import { SignInRefusals } from './sign-in-refusals.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { TotpService } from '../factors/totp.service.js';

/** What a step of signing in led to. */
export type SignInResult =
  | { readonly kind: 'refused' }
  /** Right so far; `stage` says what is missing. */
  | { readonly kind: 'unfinished'; readonly stage: SessionStage }
  | { readonly kind: 'in'; readonly next: string | null };

/**
 * Signing in: a password, then a second factor when the account has one (or must set one up). Unknown address, wrong password and suspended account
 * cannot be told apart, by the answer or by the work done for it.
 */
@Injectable()
export class SignInService {
  private readonly passport = new Passport();

  constructor(
    private readonly accounts: AccountRepository,
    private readonly person: AccountPerson,
    private readonly passwords: PasswordService,
    private readonly totp: TotpService,
    private readonly recoveryCodes: RecoveryCodeService,
    private readonly entry: EntryStage,
    private readonly sessions: SessionService,
    private readonly throttle: SignInThrottle,
    private readonly vault: Vault,
    private readonly refusals: SignInRefusals,
    private readonly doors: SignOnDoors,
  ) {
    // The password is never trimmed or rewritten: what was typed is what is checked.
    const strategy = new Strategy(
      { usernameField: 'email', passwordField: 'password', session: false, passReqToCallback: true },
      (request, email, password, done) => {
        this.checkPassword(request, email, password).then(
          (account) => done(null, account ?? false),
          (error: unknown) => done(error),
        );
      },
    );
    this.passport.use('password', strategy);
  }

  /**
   * First step, on `request.body` with `email` and `password`.
   *
   * @param next path of this site to go on to, already checked
   * @throws DomainError `access.slow-down`
   */
  async password(request: Request, next: string | null): Promise<SignInResult> {
    const account = await this.authenticate(request);
    if (!account) return { kind: 'refused' };
    const stage = await this.entry.stageAfterPassword(account);
    await this.sessions.start(request, account, { stage, method: 'password', next });
    return stage === 'full' ? { kind: 'in', next } : { kind: 'unfinished', stage };
  }

  /**
   * Second step, for a half-signed-in request: a code from the app.
   *
   * @throws DomainError `access.slow-down`
   */
  async code(request: Request, code: string): Promise<SignInResult> {
    return this.secondStep(request, 'code', (who, account) => this.totp.use(who, account, code));
  }

  /**
   * Second step with a code from paper.
   *
   * @throws DomainError `access.slow-down`
   */
  async recoveryCode(request: Request, code: string): Promise<SignInResult> {
    return this.secondStep(request, 'recovery-code', (who) => this.recoveryCodes.use(who, code));
  }

  /** True when this is the signed-in person's own password; for changes that ask for it again. Throttled like signing in. */
  async isOwnPassword(request: Request, who: Principal, password: string): Promise<boolean> {
    const account = await this.accounts.byId(who.id);
    await this.throttle.begin(`again:${who.id}`, request.clientIp);
    if (!(await this.passwords.matches(account?.passwordHash, password))) {
      await this.refusals.record(request, account?.id ?? null, 'password');
      return false;
    }
    await this.throttle.succeeded(`again:${who.id}`, request.clientIp);
    return true;
  }

  private authenticate(request: Request): Promise<AccountEntity | undefined> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, account?: AccountEntity | false | null): void => {
        if (error) reject(error instanceof Error ? error : new Error('sign-in', { cause: error }));
        else resolve(account || undefined);
      };
      const check = this.passport.authenticate('password', { session: false }, done) as (
        request: Request,
        response: undefined,
        next: (error?: unknown) => void,
      ) => void;
      check(request, undefined, done);
    });
  }

  private async checkPassword(request: Request, email: string, password: string): Promise<AccountEntity | undefined> {
    const index = emailIndex(this.vault, email);
    const key = index.toString('base64url');
    await this.throttle.begin(key, request.clientIp);
    const account = await this.accounts.byEmailIndex(index);
    const right = await this.passwords.matches(account?.passwordHash, password);
    if (!account || !right || account.state !== 'active' || (await this.doors.closedFor(account))) {
      await this.refusals.record(request, account?.id ?? null, 'password');
      return undefined;
    }
    await this.throttle.succeeded(key, request.clientIp);
    return account;
  }

  private async secondStep(
    request: Request,
    method: 'code' | 'recovery-code',
    right: (who: Principal, account: AccountEntity) => Promise<boolean>,
  ): Promise<SignInResult> {
    const { signedIn } = request;
    const account = signedIn?.stage === 'half' ? await this.accounts.byId(signedIn.accountId) : null;
    if (!account || account.state !== 'active') return { kind: 'refused' };
    await this.throttle.begin(`code:${account.id}`, request.clientIp);
    if (!(await right(this.principalOf(account, request), account))) {
      await this.refusals.record(request, account.id, method === 'code' ? 'code' : 'recovery code');
      return { kind: 'refused' };
    }
    await this.throttle.succeeded(`code:${account.id}`, request.clientIp);
    const next = request.session.living?.next_path ?? null;
    await this.sessions.start(request, account, { stage: 'full', method, next });
    return { kind: 'in', next };
  }

  private principalOf(account: AccountEntity, request: Request): Principal {
    return this.person.principal(account, {
      sessionRef: request.signedIn?.ref,
      ip: request.clientIp,
      requestId: request.requestId,
    });
  }
}
