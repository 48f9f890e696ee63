import { expect, it } from '@jest/globals';
import { sameSurname } from './surname.js';

it('compares last words, whatever their accents and capitals', () => {
  expect(sameSurname('Zoë Núñez', 'ANA NUNEZ')).toBe(true);
  expect(sameSurname('Ana Nunez', 'Nunez Ana')).toBe(false);
  expect(sameSurname('Robin', 'Robin')).toBe(false);
});
