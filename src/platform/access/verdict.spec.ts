import { describe, expect, it } from '@jest/globals';
import type { RoutePolicy } from '@alcove/sdk';
import type { Principal } from './principal.js';
import { FRESH_FOR, verdict } from './verdict.js';

const now = new Date('2026-03-02T10:00:00Z');
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const who = (...permissions: string[]): Principal => ({ kind: 'user', id: 'a', permissions: new Set(permissions) });
const provedAt = (at: Date): Principal => ({ ...who('keys:manage'), provedAt: at });
const service: Principal = { ...who('audit:read'), kind: 'service' };
const access = (...anyOf: string[]): RoutePolicy => ({ kind: 'access', anyOf });
const fresh: RoutePolicy = { kind: 'access', anyOf: ['keys:manage'], fresh: true };
const keys: RoutePolicy = { kind: 'access', anyOf: ['audit:read'], keys: true };

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
    ['fresh, just proved', fresh, provedAt(now), false, 'pass'],
    ['fresh, almost too old', fresh, provedAt(ago(FRESH_FOR - 1)), false, 'pass'],
    ['fresh, too old', fresh, provedAt(ago(FRESH_FOR)), false, 'prove-again'],
    ['fresh, never proved', fresh, who('keys:manage'), false, 'prove-again'],
    ['fresh, proved in the future', fresh, provedAt(ago(-1)), false, 'prove-again'],
    ['fresh, without the right', fresh, { ...who('day:read'), provedAt: now }, false, 'hidden'],
    ['public, a key', { kind: 'public', reason: 'r' } as const, service, false, 'hidden'],
    ['webhook, a key', { kind: 'webhook', slot: 'payment' } as const, service, false, 'hidden'],
    ['for people, a key', access('audit:read'), service, false, 'hidden'],
    ['for keys, a key', keys, service, false, 'pass'],
    ['for keys, a key without the scope', { ...keys, anyOf: ['health:read'] }, service, false, 'hidden'],
    ['for keys, a person with the right', keys, who('audit:read'), false, 'hidden'],
    ['for keys, nobody', keys, undefined, false, 'sign-in'],
  ] as const)('%s', (_, policy, principal, secondFactorPending, expected) => {
    expect(verdict(policy, { principal, secondFactorPending, now })).toBe(expected);
  });
});
