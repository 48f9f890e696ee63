import { describe, expect, it } from '@jest/globals';
import type { Act, Found, Rule } from '../act.js';
import { RULES } from '../act.js';
import { colleagueChart, notInCare, ownChart, sameSurname } from './chart-rules.js';
import { REVIEW_RULES } from './index.js';
import { emergency, exported, keysUsed, rolesChanged } from './listed-rules.js';
import { afterHours, bulk, refusals, signInFailures } from './pattern-rules.js';

const STRANGER = { self: false, sameSurname: false, colleague: false, inCare: false, appointment: false };

/** A clinician opening the chart of a client in their care on a Tuesday morning, changed as asked. */
let seq = 0n;
const act = (change: Partial<Act> = {}): Act => ({
  seq: ++seq,
  at: new Date('2026-11-17T17:00:00Z'),
  day: '2026-11-17',
  hour: 10,
  weekend: false,
  actorKind: 'user',
  actorId: 'ines',
  staff: true,
  action: 'chart.read',
  group: 'opened',
  object: null,
  clientId: 'rowan',
  outcome: 'ok',
  about: { ...STRANGER, inCare: true },
  atWork: true,
  ...change,
});
const times = (count: number, make: (at: number) => Partial<Act>): Act[] =>
  Array.from({ length: count }, (_, at) => act(make(at)));

function found(rule: Rule, ...acts: Act[]): Found[] {
  const run = rule.begin();
  for (const one of acts) run.see(one);
  return run.found();
}
const numbers = (rule: Rule, ...acts: Act[]): number[] => found(rule, ...acts).map(({ count }) => count);

it('there is a rule for each name, once', () => {
  expect(REVIEW_RULES.map(({ id }) => id).sort()).toEqual([...RULES].sort());
});

it('no rule finds a clinician at work', () => {
  for (const rule of REVIEW_RULES)
    expect(found(rule, act(), act({ group: 'changed', action: 'client.update' }))).toEqual([]);
});

describe('whose chart it was', () => {
  it('own-chart: their own, read or changed', () => {
    const own = { about: { ...STRANGER, self: true } };
    expect(numbers(ownChart, act(own), act({ ...own, group: 'changed' }))).toEqual([2]);
    expect(numbers(ownChart, act({ ...own, outcome: 'refused' }), act({ ...own, staff: false }))).toEqual([]);
  });

  it('same-surname: one finding for each pair, and not for oneself', () => {
    const namesake = { about: { ...STRANGER, inCare: true, sameSurname: true } };
    expect(numbers(sameSurname, act(namesake), act(namesake), act({ ...namesake, clientId: 'wes' }))).toEqual([2, 1]);
    expect(numbers(sameSurname, act({ about: { ...STRANGER, self: true, sameSurname: true } }))).toEqual([]);
  });

  it('colleague-chart: a client who works here, opened by anybody who does not treat them', () => {
    expect(numbers(colleagueChart, act({ about: { ...STRANGER, colleague: true } }))).toEqual([1]);
    expect(numbers(colleagueChart, act({ about: { ...STRANGER, colleague: true, inCare: true } }))).toEqual([]);
  });

  it('not-in-care: no assignment, no appointment, no emergency', () => {
    const stranger = { about: STRANGER };
    expect(numbers(notInCare, act(stranger))).toEqual([1]);
    expect(numbers(notInCare, act({ about: { ...STRANGER, appointment: true } }))).toEqual([]);
    expect(
      numbers(notInCare, act({ ...stranger, group: 'emergency', action: 'emergency.open' }), act(stranger)),
    ).toEqual([]);
    // A refused attempt at emergency access explains nothing.
    const refused = { ...stranger, group: 'emergency', action: 'emergency.open', outcome: 'refused' } as const;
    expect(numbers(notInCare, act(refused), act(stranger))).toEqual([1]);
  });
});

describe('when and how much', () => {
  it('after-hours: before 6, from 21 on, or on a weekend, without an appointment near', () => {
    const alone = { atWork: false };
    const at = (hour: number) => act({ ...alone, hour });
    expect(numbers(afterHours, at(5), at(21), act({ ...alone, weekend: true }))).toEqual([3]);
    expect(numbers(afterHours, at(6), at(20), act({ hour: 23 }), act({ weekend: true }))).toEqual([]);
  });

  it('bulk: more than 40 different clients in an hour', () => {
    const clients = (count: number) => times(count, (at) => ({ clientId: `c${at}` }));
    expect(found(bulk, ...clients(41))).toMatchObject([{ count: 41, facts: { clients: 41 } }]);
    expect(numbers(bulk, ...clients(40))).toEqual([]);
    expect(numbers(bulk, ...times(200, (at) => ({ clientId: `c${at % 10}` })))).toEqual([]);
  });

  it('bulk: three times their own usual hour', () => {
    const hours = (counts: number[]) =>
      counts.flatMap((count, hour) => times(count, (at) => ({ hour: 6 + hour, clientId: `c${hour}-${at}` })));
    expect(found(bulk, ...hours([5, 5, 5, 16]))).toMatchObject([{ facts: { clients: 16, usual: 5 } }]);
    expect(numbers(bulk, ...hours([5, 16]))).toEqual([16]);
    expect(numbers(bulk, ...hours([5, 5, 5, 15]))).toEqual([]);
    expect(numbers(bulk, ...hours([10, 10, 30]))).toEqual([]);
  });

  it('refusals: ten in a day, by one person', () => {
    const refused = (at: number, change: Partial<Act> = {}) => ({ outcome: 'refused', seq: BigInt(at), ...change });
    expect(numbers(refusals, ...times(10, (at) => refused(at)))).toEqual([10]);
    expect(numbers(refusals, ...times(9, (at) => refused(at)))).toEqual([]);
    expect(numbers(refusals, ...times(18, (at) => refused(at, { day: `d${at % 2}` })))).toEqual([]);
    expect(numbers(refusals, ...times(18, (at) => refused(at, { actorId: `a${at % 2}` })))).toEqual([]);
  });

  it('sign-in-failures: ten in an hour, on one account', () => {
    const failed = { action: 'session.refuse', group: 'entered', outcome: 'refused', actorKind: 'system' } as const;
    const tries = times(12, () => ({ ...failed, actorId: 'sign-in', object: 'account:mina' }));
    expect(found(signInFailures, ...tries)).toMatchObject([{ actorKind: 'account', actorId: 'mina', count: 12 }]);
    expect(numbers(signInFailures, ...tries.slice(0, 9))).toEqual([]);
    expect(numbers(signInFailures, ...times(20, (at) => ({ ...failed, object: `account:${at}` })))).toEqual([]);
  });
});

describe('what is always looked at', () => {
  it.each([
    ['export', exported, { action: 'ledger.export', group: 'left' }],
    ['emergency', emergency, { action: 'emergency.open', group: 'emergency' }],
    ['roles-changed', rolesChanged, { action: 'account.role', group: 'governed' }],
    ['keys-used', keysUsed, { action: 'kit.show', group: 'governed' }],
  ] as const)('%s', (id, rule, change) => {
    expect(found(rule, act(change), act(change))).toMatchObject([{ rule: id, count: 2, actorId: 'ines' }]);
    expect(found(rule, act({ ...change, outcome: 'refused' }), act({ ...change, actorKind: 'system' }))).toEqual([]);
  });
});
