import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { DomainError } from '../errors/domain-error.js';
import { REQUESTS_PER_MINUTE, requestLimits, routeClassOf } from './request-limits.js';

describe('the class of a request', () => {
  it.each([
    ['POST', '/sign-in', 'entering'],
    ['POST', '/sign-in/code', 'entering'],
    ['POST', '/account/again', 'entering'],
    ['GET', '/sign-in', undefined],
    ['GET', '/j/abc/waiting', 'door'],
    ['POST', '/j/abc/enter', 'door'],
    ['GET', '/api/v1/clients', 'api'],
    ['POST', '/clients', 'form'],
    ['POST', '/sign-inside', 'form'],
    ['GET', '/today', undefined],
  ] as const)('%s %s: %s', (method, path, expected) => expect(routeClassOf({ method, path })).toBe(expected));
});

describe('the limits', () => {
  const limits = requestLimits();
  const ask = (clientIp: string, path = '/sign-in'): Promise<unknown> =>
    new Promise((resolve) => {
      void limits({ method: 'POST', path, clientIp } as Request, {} as Response, resolve);
    });
  const many = async (count: number, clientIp: (index: number) => string, path?: string): Promise<unknown[]> =>
    (await Promise.all(Array.from({ length: count }, (_, index) => ask(clientIp(index), path)))).filter(Boolean);

  it('refuse a network what is beyond its minute, and say how long to wait; other classes and networks go on', async () => {
    const refused = await many(REQUESTS_PER_MINUTE.entering + 5, (index) => `2001:db8:1:1::${index.toString(16)}`);
    expect(refused).toHaveLength(5);
    const [first] = refused as DomainError[];
    expect(first.code).toBe('too-many-requests');
    expect(first.details.retryAfter).toBeGreaterThan(0);
    expect(first.details.retryAfter).toBeLessThanOrEqual(60);
    expect(await ask('2001:db8:1:1::1', '/clients')).toBeUndefined();
    expect(await ask('2001:db8:1:2::1')).toBeUndefined();
  });

  it('leave this machine alone', async () => {
    expect(await many(REQUESTS_PER_MINUTE.entering + 5, () => '127.0.0.1')).toEqual([]);
  });
});
