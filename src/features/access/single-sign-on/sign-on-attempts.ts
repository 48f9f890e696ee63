import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } from 'openid-client';
import { Clock } from '../../../platform/clock.js';
import { HttpConfig } from '../../../platform/config/http.config.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { cookieName } from '../../../platform/http/session.js';
import { openCookie, sealCookie } from './sealed-cookie.js';

/** How long somebody may take at the provider. In milliseconds. */
export const ATTEMPT_FOR = 10 * 60_000;

/** A way to the provider and back that one browser has begun. */
export interface SignOnAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Path of this site to go on to, already checked. */
  readonly next: string | null;
  /** Account that proves again who it is; null for signing in. */
  readonly again: string | null;
  /** Session it began in; `visitor` without one. It ends with it. */
  readonly session: string;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
}

/** An identity that a browser has shown and an account has not confirmed yet. */
export interface WaitingLink {
  readonly accountId: string;
  readonly issuer: string;
  /** In base64url. */
  readonly subjectHash: string;
  readonly next: string | null;
  readonly begunAt: number;
}

/** True once per attempt, in whichever process; what is too old to come back goes. */
const USE = namedQuery<{ used: boolean }>(
  'access.sign-on-attempt-use',
  `WITH old AS (DELETE FROM core.used_challenge WHERE until < $3)
   INSERT INTO core.used_challenge (nonce_hash, until) VALUES ($1, $2)
   ON CONFLICT (nonce_hash) DO NOTHING RETURNING true AS used`,
);

/**
 * What this server must know again when somebody comes back from the provider. It travels in a sealed cookie of that browser, and the
 * database remembers which attempts have come back: so nobody fills a table by beginning, and a callback counts once in all processes.
 */
@Injectable()
export class SignOnAttempts {
  private readonly secure: boolean;

  constructor(
    private readonly vault: Vault,
    private readonly sql: Sql,
    private readonly clock: Clock,
    http: HttpConfig,
  ) {
    this.secure = http.origin.startsWith('https:');
  }

  /** Begins and leaves the cookie. A second beginning in the same browser takes the place of the first. */
  begin(request: Request, response: Response, wish: { next: string | null; again: string | null }): SignOnAttempt {
    const attempt: SignOnAttempt = {
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
      next: wish.next,
      again: wish.again,
      session: request.signedIn?.ref ?? 'visitor',
      begunAt: this.clock.now().getTime(),
    };
    this.leave(response, 'sign-on', attempt);
    return attempt;
  }

  /** The attempt this browser comes back from, once; `undefined` when there is none, it is too old or another state comes back. */
  async take(request: Request, response: Response, state: unknown): Promise<SignOnAttempt | undefined> {
    const attempt = this.read<SignOnAttempt>(request, 'sign-on');
    if (!attempt || attempt.state !== state || attempt.session !== (request.signedIn?.ref ?? 'visitor'))
      return undefined;
    this.drop(response, 'sign-on');
    const hash = createHash('sha256').update(`sign-on ${attempt.state}`).digest();
    const until = new Date(attempt.begunAt + ATTEMPT_FOR);
    return (await this.sql.first(USE, [hash, until, this.clock.now()])) ? attempt : undefined;
  }

  keepLink(response: Response, link: Omit<WaitingLink, 'begunAt'>): void {
    this.leave(response, 'sign-on-link', { ...link, begunAt: this.clock.now().getTime() });
  }

  waitingLink(request: Request): WaitingLink | undefined {
    return this.read<WaitingLink>(request, 'sign-on-link');
  }

  dropLink(response: Response): void {
    this.drop(response, 'sign-on-link');
  }

  private leave(response: Response, name: string, content: object): void {
    const sealed = sealCookie(this.key(), name, content);
    response.cookie(cookieName(name, this.secure), sealed, { ...this.options(), maxAge: ATTEMPT_FOR });
  }

  private drop(response: Response, name: string): void {
    response.clearCookie(cookieName(name, this.secure), this.options());
  }

  private read<T extends { readonly begunAt: number }>(request: Request, name: string): T | undefined {
    const content = openCookie(this.key(), name, request.cookies?.[cookieName(name, this.secure)]) as T | undefined;
    if (!content) return undefined;
    const age = this.clock.now().getTime() - content.begunAt;
    return age >= 0 && age < ATTEMPT_FOR ? content : undefined;
  }

  private key(): Buffer {
    return this.vault.derive('sign-on-cookie');
  }

  /** Lax: the browser must bring it along when the provider sends it back. */
  private options() {
    return { path: '/', httpOnly: true, sameSite: 'lax', secure: this.secure } as const;
  }
}

/** What the provider gets of the verifier. */
export const challengeOf = (attempt: SignOnAttempt): Promise<string> => calculatePKCECodeChallenge(attempt.verifier);
