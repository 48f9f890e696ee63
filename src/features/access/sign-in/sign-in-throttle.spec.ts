import { describe, expect, it } from '@jest/globals';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { delayAfter, FREE_PER_ACCOUNT, FREE_PER_ADDRESS, networkOf, SignInThrottle } from './sign-in-throttle.js';

const outcome = (promise: Promise<void>): Promise<'pass' | number> =>
  promise.then(
    () => 'pass' as const,
    (error: unknown) => (error as DomainError).details.retryAfter as number,
  );

describe('delayAfter', () => {
  it('is nothing for the free failures, then doubles, and never grows beyond a quarter of an hour', () => {
    expect([9, 10, 11, 12, 13, 14, 15, 1000].map((n) => delayAfter(n, 10))).toEqual([
      0, 60, 120, 240, 480, 900, 900, 900,
    ]);
  });
});

describe('SignInThrottle', () => {
  it('lets ten tries on one account pass, even a thousand at once from a thousand addresses', async () => {
    const throttle = new SignInThrottle();
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        outcome(throttle.begin('account', `10.0.${index >> 8}.${index & 255}`)),
      ),
    );
    expect(outcomes.filter((one) => one === 'pass')).toHaveLength(FREE_PER_ACCOUNT);
    // Refused tries must not lengthen the wait: the owner comes back after the first delay.
    expect(Math.max(...outcomes.filter((one) => one !== 'pass'))).toBeLessThanOrEqual(60);
  });

  it('slows one address down over many accounts', async () => {
    const throttle = new SignInThrottle();
    const outcomes = [];
    for (let index = 0; index < FREE_PER_ADDRESS + 5; index++)
      outcomes.push(await outcome(throttle.begin(`account ${index}`, '203.0.113.9')));
    expect(outcomes.filter((one) => one === 'pass')).toHaveLength(FREE_PER_ADDRESS);
  });

  it('starts afresh after a success', async () => {
    const throttle = new SignInThrottle();
    for (let index = 0; index < FREE_PER_ACCOUNT; index++) await throttle.begin('a', `192.0.2.${index}`);
    expect(await outcome(throttle.begin('a', '192.0.2.200'))).toBeGreaterThan(0);
    await throttle.succeeded('a', '192.0.2.200');
    expect(await outcome(throttle.begin('a', '192.0.2.200'))).toBe('pass');
  });

  it('keeps the accounts of one address apart from other accounts', async () => {
    const throttle = new SignInThrottle();
    for (let index = 0; index < FREE_PER_ACCOUNT + 1; index++) await outcome(throttle.begin('a', `192.0.2.${index}`));
    expect(await outcome(throttle.begin('b', '192.0.2.1'))).toBe('pass');
  });
});

describe('networkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s', (address, network) => expect(networkOf(address)).toBe(network));
});
