import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../../platform/access/principal.js';
import type { AccountLine } from '../../accounts/account-lines.service.js';
import type { PortalPerson } from '../../accounts/portal-accounts.service.js';
import { portalAccountsView } from './portal-accounts.view.js';

const who: Principal = { kind: 'user', id: 'me', permissions: new Set(), timeZone: 'America/Denver' };
const line = (change: Partial<AccountLine> = {}): AccountLine => ({
  id: 'a',
  role: 'client',
  personId: 'c',
  name: 'Rowan Ashby',
  email: 'rowan@care.example',
  state: 'active',
  code: false,
  passkeys: 0,
  secondFactor: false,
  lastSeen: null,
  inviteUntil: null,
  asksPassword: null,
  asksEmail: null,
  emailBackUntil: null,
  recovery: null,
  ...change,
});
const person = (change: Partial<PortalPerson> = {}): PortalPerson => ({
  personId: 'c',
  kind: 'client',
  current: true,
  name: 'Rowan Ashby',
  account: null,
  ...change,
});

describe('portalAccountsView', () => {
  it('offers an invitation to those without an account whose rights hold', () => {
    const people = [
      person(),
      person({ personId: 'g', kind: 'guardian', account: line({ id: 'b' }) }),
      person({ personId: 'x', kind: 'guardian', current: false }),
    ];
    const view = portalAccountsView(who, 'c', people, {});
    expect(view.people.map(({ mayInvite }) => mayInvite)).toEqual([true, false, false]);
    expect(view.name).toBe('Rowan Ashby');
  });

  it('shows what was typed in the form that was sent, and only there', () => {
    const people = [person(), person({ personId: 'g', kind: 'guardian' })];
    const sent = { values: { personId: 'g', email: 'no address' }, errors: { email: 'x' } };
    const view = portalAccountsView(who, 'c', people, sent);
    expect(view.people.map(({ invite }) => invite.values.email)).toEqual([undefined, 'no address']);

    const accounts = [person({ account: line() }), person({ personId: 'g', account: line({ id: 'b' }) })];
    const about = { values: { words: 'met her' }, errors: { how: 'x' }, about: 'b' };
    const open = portalAccountsView(who, 'c', accounts, about).people.map(({ account }) => account?.recovery.open);
    expect(open).toEqual([false, true]);
  });

  it('offers help with a lost second step only to accounts that have one and can sign in', () => {
    const may = (change: Partial<AccountLine>): boolean | undefined =>
      portalAccountsView(who, 'c', [person({ account: line(change) })], {}).people[0].account?.mayRecover;
    expect([may({}), may({ secondFactor: true }), may({ secondFactor: true, state: 'suspended' })]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('says only what it knows was done', () => {
    const done = (value: unknown) => portalAccountsView(who, 'c', [], { done: value }).done;
    expect([done('closed'), done('__proto__'), done(['closed'])]).toEqual(['access:portal.done.closed', null, null]);
  });
});
