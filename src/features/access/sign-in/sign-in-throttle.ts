import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { ACCESS_ERRORS } from '../access.errors.js';

/** Free failures for one account (its password or its code). */
export const FREE_PER_ACCOUNT = 10;
/** Free failures for one address. Higher, because a whole office sits behind one. */
export const FREE_PER_ADDRESS = 40;
/** Failures are forgotten after a day without one. In seconds. */
const MEMORY = 24 * 60 * 60;
const FIRST_DELAY = 60;
const LONGEST_DELAY = 15 * 60;

/** Seconds between tries after `failures` failures in a row: 0 within the free ones, then doubling up to a quarter of an hour. */
export function delayAfter(failures: number, free: number): number {
  if (failures < free) return 0;
  return Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(10, failures - free));
}

/**
 * Slows guessing down and never locks anybody out for good: after the free failures one try passes per delay. Tries are counted before
 * the work, so that a thousand at once are no way around, and refused tries do not lengthen the delay.
 */
@Injectable()
export class SignInThrottle {
  private readonly failures = new RateLimiterMemory({ keyPrefix: 'failures', points: 1_000_000, duration: MEMORY });
  private readonly turns = new RateLimiterMemory({ keyPrefix: 'turns', points: 1, duration: LONGEST_DELAY });

  /**
   * Counts a try for each key.
   *
   * @throws DomainError `access.slow-down` with `retryAfter` in seconds when one of them has to wait
   */
  async begin(account: string, address: string): Promise<void> {
    await this.take(addressKey(address), FREE_PER_ADDRESS);
    await this.take(accountKey(account), FREE_PER_ACCOUNT);
  }

  /** The try succeeded: the account starts afresh, the address gets its try back. */
  async succeeded(account: string, address: string): Promise<void> {
    await this.failures.delete(accountKey(account));
    await this.turns.delete(accountKey(account));
    await this.failures.reward(addressKey(address), 1);
  }

  private async take(key: string, free: number): Promise<void> {
    const { consumedPoints } = await this.failures.penalty(key, 1);
    const delay = delayAfter(consumedPoints, free);
    if (delay === 0) return;
    try {
      await this.turns.consume(key, 1, { customDuration: delay });
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      await this.failures.reward(key, 1);
      throw new DomainError(ACCESS_ERRORS['access.slow-down'], {
        retryAfter: Math.max(1, Math.ceil(refusal.msBeforeNext / 1000)),
      });
    }
  }
}

const accountKey = (account: string): string => `account:${account}`;
const addressKey = (address: string): string => `address:${networkOf(address)}`;

/** One household or attacker holds a whole IPv6 /64; counting single addresses would count nothing. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1];
  if (!isIPv6(address)) return address;
  const [head, tail = ''] = address.split('%')[0].split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    : left;
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
