import { expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { LateError, within } from './deadline.js';

it('passes answers and errors through', async () => {
  await expect(within(1_000, () => 'now')).resolves.toBe('now');
  await expect(within(1_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(
    within(1_000, () => {
      throw new Error('at once');
    }),
  ).rejects.toThrow('at once');
});

it('gives up at the deadline, aborts the signal and keeps a later rejection from being unhandled', async () => {
  const late: unknown[] = [];
  let seen: AbortSignal | undefined;
  const hanging = within(
    20,
    async (signal) => {
      seen = signal;
      await sleep(60);
      throw new Error('too late');
    },
    { late: (error) => late.push(error) },
  );
  await expect(hanging).rejects.toBeInstanceOf(LateError);
  expect(seen?.aborted).toBe(true);
  await sleep(60);
  expect(late).toEqual([new Error('too late')]);
});

it("aborts with the caller's signal", async () => {
  const caller = new AbortController();
  const call = within(
    1_000,
    (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gone')))),
    {
      signal: caller.signal,
    },
  );
  caller.abort();
  await expect(call).rejects.toThrow('gone');
});
