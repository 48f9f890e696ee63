import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../platform/access/principal.js';
import type { StaffAccount } from '../../access/public.js';
import { healthView } from './health.view.js';
import { overviewView } from './overview.view.js';
import { peopleView } from './people.view.js';
import { NO_FORM, personView } from './person.view.js';
import { practiceView } from './practice.view.js';
import { securityView } from './security.view.js';

const who = (...permissions: string[]): Principal => ({
  kind: 'user',
  id: 'me',
  permissions: new Set(permissions),
  timeZone: 'America/Denver',
});
const account = (change: Partial<StaffAccount>): StaffAccount => ({
  id: 'a',
  role: 'clinician',
  personId: 'p',
  name: 'Theo Osgood',
  email: 'theo@care.example',
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

describe('healthView', () => {
  it('puts what is down first, then what needs a look', () => {
    const part = (name: string, ok: boolean, required: boolean) => ({ name, ok, required, detail: 'd' });
    const view = healthView(who(), [part('db', true, true), part('disk', false, false), part('jobs', false, true)]);
    expect(view.parts.map((one) => [one.name, one.state])).toEqual([
      ['jobs', 'down'],
      ['disk', 'look'],
      ['db', 'well'],
    ]);
    expect([view.well, view.troubles]).toEqual([false, 2]);
  });
});

describe('overviewView', () => {
  const facts = {
    practice: undefined,
    parts: [{ name: 'db', ok: false, required: true, detail: '' }],
    kitConfirmedAt: undefined,
    done: 'kit',
  };

  it('reminds of the kit only those who can confirm it', () => {
    expect(overviewView(who('practice:manage', 'health:read'), facts)).toMatchObject({
      kitMissing: true,
      kitDone: false,
      troubles: 1,
    });
    expect(overviewView(who('plugins:manage'), facts)).toMatchObject({ kitMissing: false, troubles: null });
  });

  it('links to what the person may open', () => {
    expect(overviewView(who('staff:read'), facts).links.map((link) => link.href)).toEqual(['/admin/people']);
  });
});

describe('peopleView', () => {
  it('sorts by name, keeps the suspended apart and counts roles of the active', () => {
    const accounts = [
      account({ id: 'me', name: 'Zoe', role: 'owner' }),
      account({ id: 'b', name: null, email: 'bea@x.example' }),
      account({ id: 'c', state: 'suspended' }),
    ];
    const view = peopleView(who('staff:manage'), accounts, 'role');
    expect(view.active.map((row) => [row.name, row.mayChange, row.you])).toEqual([
      ['bea@x.example', true, false],
      ['Zoe', false, true],
    ]);
    expect(view.suspended.map((row) => row.id)).toEqual(['c']);
    expect(view.roles.find((role) => role.name === 'access:role.clinician')?.count).toBe(1);
    expect(view.done).toBe('admin:people.done.role');
  });

  it('offers no change to who may only read', () => {
    expect(peopleView(who('staff:read'), [account({})], undefined).active[0].mayChange).toBe(false);
  });

  it('says why a change was refused', () => {
    const form = { ...NO_FORM, refusal: 'access.last-owner' };
    expect(personView(who('staff:manage'), account({}), [], form).refusal).toBe('admin:people.refusal.last-owner');
  });

  it('names what people wait for, each with who may look after it', () => {
    const at = new Date('2026-11-24T16:00:00Z');
    const recovery = { id: 'r', openedBy: 'b', how: 'video', until: at };
    const accounts = [
      account({ id: 'a', asksPassword: at, asksEmail: at, recovery }),
      account({ id: 'me', asksPassword: at }),
    ];
    const view = peopleView(who('staff:manage'), accounts, undefined);
    expect(view.waiting.map((row) => [row.id, row.asks, row.mayChange])).toEqual([
      ['a', 'admin:people.asks.recovery', true],
      ['a', 'admin:people.asks.password', true],
      ['a', 'admin:people.asks.email', true],
      ['me', 'admin:people.asks.password', false],
    ]);
    expect(peopleView(who('staff:read'), accounts, undefined).waiting.some((row) => row.mayChange)).toBe(false);
  });

  it('says how somebody enters, the strongest way first', () => {
    const factors = [{ code: true, passkeys: 1 }, { code: true }, {}].map(
      (change) => peopleView(who(), [account(change)], undefined).active[0].factor,
    );
    expect(factors).toEqual(['access:factor.passkey', 'access:factor.code', 'access:factor.password']);
  });
});

describe('personView', () => {
  const at = new Date('2026-11-24T16:00:00Z');

  it('offers approving to a second person only', () => {
    const view = (openedBy: string) =>
      personView(
        who('staff:manage'),
        account({ secondFactor: true, recovery: { id: 'r', openedBy, how: 'video', until: at } }),
        [account({ id: 'b', name: 'Bea' })],
        NO_FORM,
      );
    expect(view('b').recovery).toMatchObject({ by: 'Bea', how: 'access:lost-step.how.video', mayApprove: true });
    expect(view('me').recovery?.mayApprove).toBe(false);
    expect(view('b').mayRecover).toBe(false);
  });

  it('offers reporting a lost second factor only where there is one', () => {
    const may = (change: Partial<StaffAccount>): boolean =>
      personView(who('staff:manage'), account(change), [], NO_FORM).mayRecover;
    expect([may({ secondFactor: true }), may({}), may({ secondFactor: true, state: 'suspended' })]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('securityView', () => {
  const facts = (oldestSeconds: number | null) => ({
    sessions: new Map([['owner' as const, 2]]),
    failures: { day: 1, week: 3, refused: 0 },
    audit: { lastBatch: '7', lastSealedAt: new Date(0), sealedRows: 9, unsealed: { count: 1, oldestSeconds } },
    keys: ['aaaa', 'bbbb'],
    kitConfirmedAt: undefined,
    points: [{ text: 'admin:security.point.waiting', count: 2, href: '/admin/people' }],
  });

  it('names the key in use and the older ones, and counts who is signed in', () => {
    expect(securityView(who('security:read'), facts(1))).toMatchObject({
      currentKey: 'aaaa',
      olderKeys: ['bbbb'],
      sessionTotal: 2,
      sessions: [{ role: 'access:role.owner', count: 2 }],
      mayConfirmKit: false,
      points: [{ count: 2, href: '/admin/people' }],
    });
  });

  it('calls sealing late when a row has waited more than a minute', () => {
    expect([null, 60, 61].map((seconds) => securityView(who(), facts(seconds)).audit.late)).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('practiceView', () => {
  const practice = {
    id: 'p',
    name: 'Linden Row',
    timeZone: 'America/Denver',
    phone: null,
    email: null,
    crisisText: null,
    crisisPhone: null,
    emergencyText: null,
    locations: [{ id: 'l1', name: 'Main office', timeZone: 'America/Denver', address: null }],
  };

  it('keeps what was typed in the form that was sent, and only there', () => {
    const view = practiceView(who('practice:manage'), practice, ['America/Denver'], undefined, {
      form: 'l1',
      values: { name: '' },
      errors: { name: 'x' },
    });
    expect(view.locations[0]).toMatchObject({ open: true, values: { name: '' }, errors: { name: 'x' } });
    expect([view.values.name, view.errors, view.added.open]).toEqual(['Linden Row', {}, false]);
  });

  it('is for reading without the right to change', () => {
    expect(practiceView(who('practice:read'), practice, [], 'practice', undefined)).toMatchObject({
      mayChange: false,
      done: 'admin:practice.done.practice',
    });
  });
});
