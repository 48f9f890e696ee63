import { expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.js';

it('runs a few at once, in order, and refuses what the queue cannot hold', async () => {
  const turnstile = new Turnstile(2, 3, () => new Error('full'));
  const order: number[] = [];
  const open: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const work = (index: number) => async (): Promise<number> => {
    most = Math.max(most, ++running);
    order.push(index);
    await new Promise<void>((resolve) => open.push(resolve));
    running -= 1;
    if (index === 1) throw new Error('failed by itself');
    return index;
  };
  const outcomes = Promise.allSettled([0, 1, 2, 3, 4, 5, 6].map((index) => turnstile.run(work(index))));
  for (let index = 0; index < 5; index++) {
    open.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(
    (await outcomes).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message)),
  ).toEqual([0, 'failed by itself', 2, 3, 4, 'full', 'full']);
  expect(order).toEqual([0, 1, 2, 3, 4]);
  expect(most).toBe(2);
  const later = turnstile.run(work(7));
  open.shift()?.();
  expect(await later).toBe(7);
});
