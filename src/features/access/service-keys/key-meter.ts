import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { networkOf } from '../../../platform/http/network-of.js';

/** Requests a minute that one key may make of one process. */
export const CALLS_PER_MINUTE = 600;
/** Refused keys a minute from one network; then every key from there waits. */
export const REFUSALS_PER_MINUTE = 60;
const MINUTE = 60;

/** How fast keys may be used, and tried. Counted by each process for itself: with two of them a key may do twice as much. */
@Injectable()
export class KeyMeter {
  private readonly calls = new RateLimiterMemory({ keyPrefix: 'calls', points: CALLS_PER_MINUTE, duration: MINUTE });
  private readonly refusals = new RateLimiterMemory({
    keyPrefix: 'refusals',
    points: REFUSALS_PER_MINUTE,
    duration: MINUTE,
  });

  /** @throws DomainError `access.key-slow-down` when too many keys from this network were refused */
  async requireQuiet(address: string): Promise<void> {
    const counted = await this.refusals.get(networkOf(address));
    if (counted && counted.consumedPoints >= REFUSALS_PER_MINUTE) throw slowDown(counted);
  }

  async refused(address: string): Promise<void> {
    await this.refusals.penalty(networkOf(address), 1);
  }

  /**
   * Counts a request with a key and tells its program how much is left.
   *
   * @throws DomainError `access.key-slow-down` with `retryAfter` in seconds
   */
  async count(keyId: string, response: Response): Promise<void> {
    response.set('RateLimit-Policy', `"key";q=${CALLS_PER_MINUTE};w=${MINUTE}`);
    try {
      this.state(response, await this.calls.consume(keyId, 1));
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      this.state(response, refusal);
      throw slowDown(refusal);
    }
  }

  private state(response: Response, left: RateLimiterRes): void {
    response.set('RateLimit', `"key";r=${left.remainingPoints};t=${seconds(left)}`);
  }
}

const seconds = (state: RateLimiterRes): number => Math.max(1, Math.ceil(state.msBeforeNext / 1000));

const slowDown = (state: RateLimiterRes): DomainError =>
  new DomainError(ACCESS_ERRORS['access.key-slow-down'], { retryAfter: seconds(state) });
