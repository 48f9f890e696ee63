import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../platform/access/principal.js';
import type { OwnSession } from '../sessions/session.service.js';
import { accountView, layoutFor, passwordView } from './account.view.js';
import { authenticatorView } from './authenticator.view.js';
import { slowDownView } from './sign-in.view.js';

const who: Principal = {
  kind: 'user',
  id: 'a',
  role: 'clinician',
  permissions: new Set(['account:self']),
  displayName: 'Ines Calloway',
  timeZone: 'America/Los_Angeles',
};
const own = { email: 'ines@care.example', secondFactor: true, passwordChangedAt: null };
const session = (change: Partial<OwnSession>): OwnSession => ({
  ref: 'r',
  browser: 'Firefox/Linux',
  ip: '192.0.2.1',
  since: new Date('2026-11-24T16:00:00Z'),
  seenAt: new Date('2026-11-24T17:00:00Z'),
  absoluteUntil: new Date('2026-11-25T04:00:00Z'),
  idleMinutes: 15,
  current: false,
  ...change,
});

describe('accountView', () => {
  it('puts this browser first and says when each ends', () => {
    const view = accountView(who, own, [session({ ref: 'other' }), session({ ref: 'this', current: true })], undefined);
    expect(view.sessions.map((one) => [one.ref, one.until])).toEqual([
      ['this', '2026-11-25T04:00:00.000Z'],
      ['other', '2026-11-24T17:15:00.000Z'],
    ]);
    expect(view).toMatchObject({ hasOthers: true, role: 'access:role.clinician', name: 'Ines Calloway', done: null });
  });

  it('never promises more than the latest end', () => {
    const view = accountView(who, own, [session({ absoluteUntil: new Date('2026-11-24T17:05:00Z') })], 'password');
    expect(view.sessions[0].until).toBe('2026-11-24T17:05:00.000Z');
    expect(view.done).toBe('access:account.done.password');
  });

  it('shows phones as phones and unknown browsers without words', () => {
    const view = accountView(
      { ...who, displayName: undefined },
      own,
      [session({ browser: 'Safari/iOS' }), session({ browser: '/' })],
      '<script>',
    );
    expect(view.sessions.map((one) => [one.icon, one.browser, one.system])).toEqual([
      ['device-mobile', 'Safari', 'iOS'],
      ['device-laptop', '', ''],
    ]);
    expect([view.name, view.done]).toEqual(['ines@care.example', null]);
  });
});

it('asks for a longer password when no code stands beside it', () => {
  expect(passwordView(own, {}, '/today').rule).toBe('access:password.rule-with-code');
  expect(passwordView({ ...own, secondFactor: false }, {}, '/today').rule).toBe('access:password.rule');
});

it('shows clients the portal frame and everybody else the staff frame', () => {
  expect(layoutFor(who)).toBe('staff');
  expect(layoutFor({ ...who, permissions: new Set(['portal:use']) })).toBe('portal');
});

it('puts a fault under the form it came from', () => {
  expect(authenticatorView(own, undefined, { password: 'access:password.fault.present' })).toMatchObject({
    step: 'start',
    startErrors: { password: 'access:password.fault.present' },
    removeErrors: {},
  });
  expect(authenticatorView(own, undefined, { last: 'x' })).toMatchObject({
    startErrors: {},
    removeErrors: { last: 'x' },
  });
  expect(authenticatorView(own, { secret: 'ABCDEFGH', uri: 'otpauth://x' }, {})).toMatchObject({
    step: 'scan',
    secret: 'ABCD EFGH',
  });
});

it.each([
  [1, { minutes: 0, seconds: 1 }],
  [59, { minutes: 0, seconds: 59 }],
  [60, { minutes: 1, seconds: 0 }],
  [61, { minutes: 2, seconds: 0 }],
  [900, { minutes: 15, seconds: 0 }],
])('says a wait of %s seconds in words people count in', (seconds, view) =>
  expect(slowDownView(seconds)).toEqual(view),
);
