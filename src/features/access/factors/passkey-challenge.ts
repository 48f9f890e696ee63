import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { cookieName } from '../../../platform/http/session.js';
import { newSecret } from '../../../platform/ids.js';
import { RelyingParty } from './relying-party.js';

/** What a passkey is asked for: to be made, to sign in, to prove again who sits there. */
export type Purpose = 'register' | 'enter' | 'again';

/** How long a question waits for its answer. In milliseconds. */
export const CHALLENGE_FOR = 5 * 60_000;

/** True once per question, in whichever process; what is too old to be asked with goes. */
const USE = namedQuery<{ used: boolean }>(
  'access.challenge-use',
  `WITH old AS (DELETE FROM core.used_challenge WHERE until < $3)
   INSERT INTO core.used_challenge (nonce_hash, until) VALUES ($1, $2)
   ON CONFLICT (nonce_hash) DO NOTHING RETURNING true AS used`,
);

/**
 * The questions passkeys answer: 32 random bytes, good for five minutes, once, for one purpose, in one browser and its present session.
 * The server remembers only the ones that were answered; the others live in a cookie that cannot be forged, so that nobody fills a
 * table by asking.
 */
@Injectable()
export class PasskeyChallenge {
  constructor(
    private readonly vault: Vault,
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly site: RelyingParty,
  ) {}

  /** Asks: leaves the cookie and returns the challenge in base64url. */
  issue(request: Request, response: Response, purpose: Purpose): string {
    const nonce = newSecret(32);
    const until = String(this.clock.now().getTime() + CHALLENGE_FOR);
    const mark = this.mark(request, purpose, nonce, until).toString('base64url');
    response.cookie(this.cookie(purpose), `${nonce}.${until}.${mark}`, { ...this.options(), maxAge: CHALLENGE_FOR });
    return nonce;
  }

  /** The challenge that this browser was asked with, in base64url, or `undefined`. It counts as answered from now on, right or wrong. */
  async take(request: Request, response: Response, purpose: Purpose): Promise<string | undefined> {
    const name = this.cookie(purpose);
    const asked = this.read(request, purpose, request.cookies?.[name]);
    response.clearCookie(name, this.options());
    if (!asked) return undefined;
    const hash = createHash('sha256').update(asked.nonce).digest();
    const fresh = await this.sql.first(USE, [hash, new Date(asked.until), this.clock.now()]);
    return fresh ? asked.nonce : undefined;
  }

  private read(request: Request, purpose: Purpose, cookie: unknown): { nonce: string; until: number } | undefined {
    if (typeof cookie !== 'string') return undefined;
    const [, nonce, until, mark] = /^([\w-]{43})\.(\d{13})\.([\w-]{43})$/.exec(cookie) ?? [];
    if (mark === undefined) return undefined;
    if (!timingSafeEqual(this.mark(request, purpose, nonce, until), Buffer.from(mark, 'base64url'))) return undefined;
    return Number(until) > this.clock.now().getTime() ? { nonce, until: Number(until) } : undefined;
  }

  private mark(request: Request, purpose: Purpose, nonce: string, until: string): Buffer {
    const session = request.signedIn?.ref ?? 'visitor';
    return createHmac('sha256', this.vault.derive('passkey-challenge'))
      .update([purpose, session, nonce, until].join(' '))
      .digest();
  }

  private cookie(purpose: Purpose): string {
    return cookieName(`passkey-${purpose}`, this.site.secure);
  }

  private options() {
    return { path: '/', httpOnly: true, sameSite: 'strict', secure: this.site.secure } as const;
  }
}
