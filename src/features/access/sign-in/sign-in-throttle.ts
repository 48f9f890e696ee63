import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { networkOf } from '../../../platform/http/network-of.js';
import { ACCESS_ERRORS } from '../access.errors.js';

/** Tries for one account (its password or its code) before there are pauses: with those, ten pass in any quarter of an hour. */
export const FREE_PER_ACCOUNT = 6;
/** Tries from one address before there are pauses. Higher, because a whole office sits behind one. */
export const FREE_PER_ADDRESS = 40;
/** Tries are forgotten after a day without one. In seconds. */
const MEMORY = 24 * 60 * 60;
const FIRST_DELAY = 60;
const LONGEST_DELAY = 15 * 60;

/** Seconds that have to pass after the `tries`-th try: 0 within the free ones, then doubling up to a quarter of an hour. */
export function delayAfter(tries: number, free: number): number {
  if (tries < free) return 0;
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(10, tries - free));
}

/** `delayAfter` for tries 1, 2, 3 … until it grows no more. */
const delaysOf = (free: number): number[] =>
  Array.from({ length: free + 5 }, (_, index) => delayAfter(index + 1, free));
const ACCOUNT_DELAYS = delaysOf(FREE_PER_ACCOUNT);
const ADDRESS_DELAYS = delaysOf(FREE_PER_ADDRESS);

/** The number this try would be. */
const NEXT = `(CASE WHEN l.forget_at <= $2 THEN 1 ELSE l.tries + 1 END)`;
/**
 * When the next one may come, by $4: seconds to wait after try 1, 2, 3 …, the last for all further ones. After a free try it is any time:
 * two at once, or two processes whose clocks differ, must not refuse each other.
 */
const freeAfter = (tries: string): string => {
  const seconds = `($4::int[])[least(${tries}, cardinality($4::int[]))]`;
  return `CASE WHEN ${seconds} = 0 THEN '-infinity' ELSE $2::timestamptz + make_interval(secs => ${seconds}) END`;
};

/** Takes a turn; no row comes back while the key has to wait. The row's lock puts a thousand at once, in any process, one after another. */
const TAKE = namedQuery<{ tries: number }>(
  'access.throttle-take',
  `INSERT INTO core.rate_limit AS l (key, tries, free_at, forget_at)
   VALUES ($1, 1, ${freeAfter('1')}, $2::timestamptz + make_interval(secs => $3))
   ON CONFLICT (key) DO UPDATE
     SET tries = ${NEXT}, free_at = ${freeAfter(NEXT)}, forget_at = excluded.forget_at
     WHERE l.free_at <= $2
   RETURNING tries`,
);
const FREE_AT = namedQuery<{ free_at: Date }>(
  'access.throttle-free-at',
  'SELECT free_at FROM core.rate_limit WHERE key = $1',
);
const FORGET = namedQuery<never>('access.throttle-forget', 'DELETE FROM core.rate_limit WHERE key = $1');
const GIVE_BACK = namedQuery<never>(
  'access.throttle-give-back',
  `UPDATE core.rate_limit SET tries = greatest(0, tries - 1), free_at = CASE WHEN tries <= $2 THEN '-infinity' ELSE free_at END
    WHERE key = $1`,
);
const SWEEP = namedQuery<never>('access.throttle-sweep', 'DELETE FROM core.rate_limit WHERE forget_at <= $1');

/**
 * Slows guessing down and never locks anybody out for good: after the free tries one passes per pause. Tries are counted before the
 * work, in the database, so that neither a thousand at once nor several processes are a way around; refused tries do not lengthen the
 * pause. Keys are keyed hashes: the table names no account and no address. Without the database nobody passes.
 */
@Injectable()
export class SignInThrottle {
  constructor(
    private readonly sql: Sql,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts a try for each key.
   *
   * @throws DomainError `access.slow-down` with `retryAfter` in seconds when one of them has to wait
   */
  async begin(account: string, address: string): Promise<void> {
    await this.take(this.addressKey(address), ADDRESS_DELAYS);
    await this.take(this.accountKey(account), ACCOUNT_DELAYS);
  }

  /** As `begin`, for tries no account can be held against (a passkey names it only when it is right). */
  async beginFrom(address: string): Promise<void> {
    await this.take(this.addressKey(address), ADDRESS_DELAYS);
  }

  /** The try that `beginFrom` counted succeeded. */
  async succeededFrom(address: string): Promise<void> {
    await this.sql.rows(GIVE_BACK, [this.addressKey(address), FREE_PER_ADDRESS]);
  }

  /** The try succeeded: the account starts afresh, the address gets its try back. */
  async succeeded(account: string, address: string): Promise<void> {
    await this.sql.rows(FORGET, [this.accountKey(account)]);
    await this.succeededFrom(address);
  }

  private async take(key: Buffer, delays: readonly number[]): Promise<void> {
    const now = this.clock.now();
    const taken = await this.sql.first(TAKE, [key, now, MEMORY, delays]);
    if (!taken) {
      const held = await this.sql.first(FREE_AT, [key]);
      const wait = held ? (held.free_at.getTime() - now.getTime()) / 1_000 : 0;
      throw new DomainError(ACCESS_ERRORS['access.slow-down'], { retryAfter: Math.max(1, Math.ceil(wait)) });
    }
    // A key nobody counted before makes room by what may be forgotten.
    if (taken.tries === 1) await this.sql.rows(SWEEP, [now]);
  }

  private accountKey(account: string): Buffer {
    return this.vault.hash('rate-limit', `account:${account}`);
  }

  private addressKey(address: string): Buffer {
    return this.vault.hash('rate-limit', `address:${networkOf(address)}`);
  }
}
