import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../platform/access/principal.js';
import type { OwnSession } from '../sessions/session.service.js';
import { accountView, layoutFor, passwordView, type AccountFacts } from './account.view.js';
import { defaultLabel, staysBecause } from './passkeys.view.js';
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
const own = {
  email: 'ines@care.example',
  secondFactor: true,
  authenticator: true,
  hasPassword: true,
  mustKeepSecondFactor: false,
  passwordChangedAt: null,
};
const facts = (sessions: OwnSession[], change: Partial<AccountFacts> = {}): AccountFacts => ({
  own,
  sessions,
  passkeys: [],
  recovery: { left: 0, total: 0, madeAt: null },
  passkeysPossible: true,
  ...change,
});
const session = (change: Partial<OwnSession>): OwnSession => ({
  ref: 'r',
  method: 'code',
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
    const view = accountView(
      who,
      facts([session({ ref: 'other' }), session({ ref: 'this', current: true })]),
      undefined,
    );
    expect(view.sessions.map((one) => [one.ref, one.until])).toEqual([
      ['this', '2026-11-25T04:00:00.000Z'],
      ['other', '2026-11-24T17:15:00.000Z'],
    ]);
    expect(view).toMatchObject({ hasOthers: true, role: 'access:role.clinician', name: 'Ines Calloway', done: null });
  });

  it('never promises more than the latest end', () => {
    const view = accountView(who, facts([session({ absoluteUntil: new Date('2026-11-24T17:05:00Z') })]), 'password');
    expect(view.sessions[0].until).toBe('2026-11-24T17:05:00.000Z');
    expect(view.done).toBe('access:account.done.password');
  });

  it('shows phones as phones and unknown browsers without words', () => {
    const view = accountView(
      { ...who, displayName: undefined },
      facts([session({ browser: 'Safari/iOS' }), session({ browser: '/' })]),
      '<script>',
    );
    expect(view.sessions.map((one) => [one.icon, one.browser, one.system])).toEqual([
      ['device-mobile', 'Safari', 'iOS'],
      ['device-laptop', '', ''],
    ]);
    expect([view.name, view.done]).toEqual(['ines@care.example', null]);
  });
});

it.each([
  ['one of two', { mustKeepSecondFactor: true, authenticator: false }, 2, null],
  ['the only one of staff', { mustKeepSecondFactor: true, authenticator: false }, 1, 'access:passkey.stays-factor'],
  ['the only one beside codes', { mustKeepSecondFactor: true }, 1, null],
  ['the only way in', { hasPassword: false }, 1, 'access:passkey.stays-way'],
] as const)('says why a passkey stays: %s', (_, change, count, key) =>
  expect(staysBecause({ ...own, ...change }, count)).toBe(key),
);

it.each([
  ['Firefox/Linux', 'Firefox, Linux'],
  ['/iOS', 'iOS'],
  ['/', 'Passkey'],
])('names a new passkey of %s', (browser, label) => expect(defaultLabel(browser)).toBe(label));

it.each([
  [{ authenticator: true, secondFactor: true }, 1, 'access:account.with-both'],
  [{ authenticator: false, secondFactor: true }, 1, 'access:account.with-passkey'],
  [{ authenticator: true, secondFactor: true }, 0, 'access:account.with-code'],
  [{ authenticator: false, secondFactor: false }, 0, 'access:account.without-code'],
])('says what a sign-in asks for: %j and %s passkeys', (change, count, asked) => {
  const passkey = { id: 'p', label: 'Key', synced: false, portable: true, addedAt: new Date(0), usedAt: null };
  const passkeys = Array.from({ length: count }, () => passkey);
  const view = accountView(who, facts([], { own: { ...own, ...change }, passkeys }), undefined);
  expect(view).toMatchObject({ asked, offer: !change.secondFactor });
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
  expect(authenticatorView(own, 0, undefined, { password: 'access:password.fault.present' })).toMatchObject({
    step: 'start',
    startErrors: { password: 'access:password.fault.present' },
    removeErrors: {},
  });
  expect(authenticatorView(own, 0, undefined, { last: 'x' })).toMatchObject({
    startErrors: {},
    removeErrors: { last: 'x' },
  });
  expect(authenticatorView(own, 0, { secret: 'ABCDEFGH', uri: 'otpauth://x' }, {})).toMatchObject({
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
