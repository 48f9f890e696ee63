import { expect, it } from '@jest/globals';
import { inRange } from './semver-range.js';

it.each([
  ['1.4.0', '^1.3.0'],
  ['0.1.7', '^0.1.0'],
  ['0.0.3', '^0.0.3'],
  ['12.5.1', '^12'],
  ['1.2.9', '~1.2.3'],
  ['1.9.0', '1.x'],
  ['2.0.0', '^1 || ^2'],
  ['2.9.9', '>=1 <3'],
  ['2.9.9', '>= 1.0.0 < 3.0.0'],
  ['1.0.0', '*'],
  ['1.0.0-rc.1', '^1.0.0'],
  ['1.2.3', '1.2.3'],
])('%s is in %s', (version, range) => expect(inRange(version, range)).toBe(true));

it.each([
  ['2.0.0', '^1.3.0'],
  ['1.2.9', '^1.3.0'],
  ['0.2.0', '^0.1.0'],
  ['0.0.4', '^0.0.3'],
  ['1.3.0', '~1.2.3'],
  ['3.0.0', '>=1 <3'],
  ['1.2.4', '1.2.3'],
  ['1.0.0', 'latest'],
  ['nonsense', '*'],
])('%s is not in %s', (version, range) => expect(inRange(version, range)).toBe(false));
