import { expect, it } from '@jest/globals';
import { PLUGIN_STATES } from '../../platform/ports/plugin-admin.js';
import { mayGo, STATIC_STATES } from './states.js';
import { addStrike, isOut, pauseBefore } from './strikes.js';

it('starts from disabled, found, retrying and quarantined, never from a state that only new files can change', () => {
  const startable = PLUGIN_STATES.filter((state) => mayGo(state, 'starting') && state !== 'starting');
  expect(startable).toEqual([
    'found',
    'disabled',
    'active',
    'degraded',
    'retrying',
    'needs-auth',
    'misconfigured',
    'quarantined',
  ]);
  for (const state of STATIC_STATES) expect(mayGo(state, 'active')).toBe(false);
});

it('becomes active only from starting or from a running state', () => {
  const before = PLUGIN_STATES.filter((state) => mayGo(state, 'active') && state !== 'active');
  expect(before).toEqual(['starting', 'degraded', 'needs-auth', 'misconfigured']);
});

it('counts three strikes within ten minutes', () => {
  const at = (minutes: number) => new Date(minutes * 60_000);
  const two = addStrike(addStrike([], at(0)), at(5));
  expect(isOut(two)).toBe(false);
  expect(isOut(addStrike(two, at(9)))).toBe(true);
  expect(isOut(addStrike(two, at(11)))).toBe(false);
});

it('waits twice as long each time, up to a bound', () => {
  expect([1, 2, 3, 9].map((tries) => pauseBefore(tries, 5_000, 300_000))).toEqual([5_000, 10_000, 20_000, 300_000]);
});
