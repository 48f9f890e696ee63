import { describe, expect, it } from '@jest/globals';
import { clockFinding } from './database.js';
import { doctorExitCode, fail, findingLines, ok, warn } from './finding.js';
import { freeSpaceFinding, nodeFinding } from './machine.js';

const GIB = 1024 ** 3;

describe('the doctor', () => {
  it('lines its findings up', () => {
    expect(findingLines([ok('disk', 'Fine.'), fail('database', 'Gone.')])).toEqual([
      'ok    disk      Fine.',
      'fail  database  Gone.',
    ]);
  });

  it('exits with 1 only when something has to be mended', () => {
    expect(doctorExitCode([ok('a', ''), warn('b', '')])).toBe(0);
    expect(doctorExitCode([ok('a', ''), warn('b', ''), fail('c', '')])).toBe(1);
  });

  it.each([
    [0.4 * GIB, 'fail'],
    [0.6 * GIB, 'warn'],
    [4.9 * GIB, 'warn'],
    [50 * GIB, 'ok'],
  ])('judges %d bytes of free space', (bytes, state) => expect(freeSpaceFinding(bytes).state).toBe(state));

  it.each([
    [0, 'ok'],
    [1_999, 'ok'],
    [-1_999, 'ok'],
    [2_000, 'fail'],
    [-60_000, 'fail'],
  ])('judges clocks %d ms apart', (difference, state) => expect(clockFinding(difference).state).toBe(state));

  it.each([
    ['24.0.0', 'ok'],
    ['26.1.0', 'ok'],
    ['22.15.0', 'warn'],
  ])('judges Node %s', (version, state) => expect(nodeFinding(version).state).toBe(state));
});
