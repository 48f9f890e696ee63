import { expect, it } from '@jest/globals';
import { keyTextOf } from './key-header.js';

it.each([
  [[], undefined],
  [['Bearer alc_x_y'], 'alc_x_y'],
  [['bearer   alc_x_y'], 'alc_x_y'],
  [['BEARER\talc_x'], 'alc_x'],
  [['Bearer alc_x extra'], 'alc_x extra'],
  [['Bearer eyJhbGciOi'], undefined],
  [['Basic YWxjXw=='], undefined],
  [['alc_x_y'], undefined],
  [['Bearer'], undefined],
  [['Bearer alc_x', 'Bearer alc_x'], ''],
  [['Basic YQ==', 'Bearer alc_x'], ''],
  [['Bearer alc_x', ''], ''],
])('%j', (headers, expected) => {
  expect(keyTextOf({ headersDistinct: { authorization: headers } })).toBe(expected);
  expect(keyTextOf({ headersDistinct: {} })).toBeUndefined();
});
