import { describe, expect, it } from '@jest/globals';
import { placeText, readLimit, readPlace } from './parameters.js';

const REFUSED = expect.objectContaining({ code: 'api.parameter' });
const thrownBy = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('parameters of the audit feed', () => {
  it('reads a place back from its text', () => {
    expect(readPlace(undefined)).toEqual({ batch: '0', seq: '0' });
    expect(placeText(readPlace('12.345'))).toBe('12.345');
  });

  it.each([
    '',
    '5',
    '5.',
    '.5',
    '-1.5',
    '1.5e3',
    '1.2.3',
    ' 1.2',
    '1.9999999999999999999',
    "1.2' OR 1=1",
    ['1.2'],
    { a: 1 },
    1.2,
    null,
  ])('refuses %j as a place', (after) => expect(thrownBy(() => readPlace(after))).toEqual(REFUSED));

  it('reads a limit', () => {
    expect([readLimit(undefined), readLimit('1'), readLimit('1000')]).toEqual([500, 1, 1000]);
  });

  it.each(['0', '1001', '-1', '1.5', '', 'all', '1e3', ['5'], 5, null])('refuses %j as a limit', (limit) =>
    expect(thrownBy(() => readLimit(limit))).toEqual(REFUSED),
  );
});
