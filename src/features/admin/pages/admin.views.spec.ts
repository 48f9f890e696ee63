import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../platform/access/principal.js';
import type { StaffAccount } from '../../access/public.js';
import { healthView } from './health.view.js';
import { overviewView } from './overview.view.js';
import { peopleView, personView } from './people.view.js';
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
  name: 'Theo Osgood',
  email: 'theo@care.example',
  state: 'active',
  secondFactor: false,
  lastSeen: null,
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
    expect(personView(who('staff:manage'), account({}), 'access.last-owner').refusal).toBe(
      'admin:people.refusal.last-owner',
    );
  });
});

describe('securityView', () => {
  const facts = (oldestSeconds: number | null) => ({
    sessions: new Map([['owner' as const, 2]]),
    failures: { day: 1, week: 3, refused: 0 },
    audit: { lastBatch: '7', lastSealedAt: new Date(0), sealedRows: 9, unsealed: { count: 1, oldestSeconds } },
    keys: ['aaaa', 'bbbb'],
    kitConfirmedAt: undefined,
  });

  it('names the key in use and the older ones, and counts who is signed in', () => {
    expect(securityView(who('security:read'), facts(1))).toMatchObject({
      currentKey: 'aaaa',
      olderKeys: ['bbbb'],
      sessionTotal: 2,
      sessions: [{ role: 'access:role.owner', count: 2 }],
      mayConfirmKit: false,
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
