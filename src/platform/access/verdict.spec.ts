import { describe, expect, it } from '@jest/globals';
import type { RoutePolicy } from '@alcove/sdk';
import type { Principal } from './principal.js';
import { verdict } from './verdict.js';

const who = (...permissions: string[]): Principal => ({ kind: 'user', id: 'a', permissions: new Set(permissions) });
const access = (...anyOf: string[]): RoutePolicy => ({ kind: 'access', anyOf });

describe('verdict', () => {
  it.each([
    ['public, nobody', { kind: 'public', reason: 'r' } as const, undefined, false, 'pass'],
    ['webhook, nobody', { kind: 'webhook', slot: 'payment' } as const, undefined, false, 'pass'],
    ['access, nobody', access('day:read'), undefined, false, 'sign-in'],
    ['access, code missing', access('day:read'), undefined, true, 'second-factor'],
    ['access, other right', access('day:read'), who('portal:use'), false, 'hidden'],
    ['access, one of several', access('day:read', 'portal:use'), who('portal:use'), false, 'pass'],
    ['access, no rights at all', access('day:read'), who(), false, 'hidden'],
    ['access that asks for nothing', access(), who('day:read'), false, 'hidden'],
    ['no policy, signed in', undefined, who('day:read'), false, 'hidden'],
    ['no policy, the server itself', undefined, who('*'), false, 'hidden'],
    ['no policy, nobody', undefined, undefined, false, 'hidden'],
  ])('%s', (_, policy, principal, secondFactorPending, expected) => {
    expect(verdict(policy, { principal, secondFactorPending })).toBe(expected);
  });
});
