import { expect, it } from '@jest/globals';
import { restorePrototypes, snapshotPrototypes } from './prototype-guard.js';

it('names what was added, replaced and removed, and puts it back', () => {
  const before = snapshotPrototypes();
  const [objects, arrays]: object[] = [Object.prototype, Array.prototype];
  const push = Array.prototype.push;
  const trim = Object.getOwnPropertyDescriptor(String.prototype, 'trimEnd');
  Object.defineProperty(objects, 'polluted', { value: true, configurable: true });
  Object.defineProperty(arrays, 'push', { value: () => 0, configurable: true, writable: true });
  Reflect.deleteProperty(String.prototype, 'trimEnd');

  expect(restorePrototypes(before).sort()).toEqual([
    'Array.prototype.push',
    'Object.prototype.polluted',
    'String.prototype.trimEnd',
  ]);
  expect('polluted' in {}).toBe(false);
  expect(Array.prototype.push).toBe(push);
  expect(Object.getOwnPropertyDescriptor(String.prototype, 'trimEnd')).toEqual(trim);
  expect(restorePrototypes(before)).toEqual([]);
});
