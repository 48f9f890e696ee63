import { expect, it } from '@jest/globals';
import { Breaker } from './breaker.js';

function setUp() {
  const state = { now: 0 };
  const changes: boolean[] = [];
  return {
    state,
    changes,
    breaker: new Breaker(
      () => state.now,
      (open) => changes.push(open),
    ),
  };
}

it('opens at the fifth failure in a row and refuses calls', () => {
  const { breaker, changes } = setUp();
  for (let n = 0; n < 4; n++) breaker.failed();
  expect(breaker.admits()).toBe(true);
  breaker.failed();
  expect(breaker.admits()).toBe(false);
  expect(changes).toEqual([true]);
});

it('forgets failures at a success', () => {
  const { breaker } = setUp();
  for (let n = 0; n < 20; n++) {
    breaker.failed();
    if (n % 4 === 3) breaker.succeeded();
  }
  expect(breaker.isOpen).toBe(false);
});

it('lets one call through after a rest, and closes or rests again by its outcome', () => {
  const { breaker, state, changes } = setUp();
  for (let n = 0; n < 5; n++) breaker.failed();
  state.now = 15_000;
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
  breaker.failed();
  expect(breaker.admits()).toBe(false);
  state.now = 30_000;
  expect(breaker.admits()).toBe(true);
  breaker.succeeded();
  expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
  expect(changes).toEqual([true, false]);
});
