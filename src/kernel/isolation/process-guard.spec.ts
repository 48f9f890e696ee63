import { expect, it } from '@jest/globals';
import { byStack } from './process-guard.js';
import { marker, runAs, runAsCore, runningPlugin } from './running.js';

const plugins = [
  { id: 'a', folder: '/srv/plugins/a' },
  { id: 'a-b', folder: '/srv/plugins/a-b' },
];
const withStack = (...frames: string[]) => Object.assign(new Error('x'), { stack: ['Error: x', ...frames].join('\n') });

it('finds the innermost plugin in a stack', () => {
  expect(
    byStack(
      withStack(
        '    at f (node:fs:1:1)',
        '    at g (file:///srv/plugins/a-b/dist/x.js:3:4)',
        '    at file:///srv/plugins/a/y.js:1:1',
      ),
      plugins,
    ),
  ).toBe('a-b');
  expect(byStack(withStack('    at async /srv/plugins/a/dist/y.js:1:1'), plugins)).toBe('a');
});

it('blames nobody for the errors of the core', () => {
  expect(
    byStack(
      withStack('    at f (file:///srv/dist/main.js:1:1)', '    at g (file:///srv/plugins/abc/x.js:1:1)'),
      plugins,
    ),
  ).toBeUndefined();
  expect(byStack('a text that was thrown', plugins)).toBeUndefined();
});

it('knows which plugin runs, over pauses and for as long as its work lasts', async () => {
  const seen = await runAs('a', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return [runningPlugin(), runAsCore(() => runningPlugin())];
  });
  expect(seen).toEqual(['a', undefined]);
  expect(runningPlugin()).toBeUndefined();
});

it('marks the synchronous stretch for the watchdog and takes the mark away, also after a throw', () => {
  const inside = runAs('a', () => Atomics.load(marker.shared, 1));
  expect(inside).toBe(marker.numberOf('a'));
  expect(() =>
    runAs('a', () => {
      throw new Error('x');
    }),
  ).toThrow('x');
  expect(Atomics.load(marker.shared, 1)).toBe(0);
});
