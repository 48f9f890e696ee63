import { expect, it } from '@jest/globals';
import { kitView, setupView } from './setup.view.js';

it('prints the kit in numbered lines of four', () => {
  const groups = ['A', 'B', 'C', 'D', 'E'];
  expect(kitView({ groups, text: '', checkWord: 'E' }, {})).toEqual({
    lines: [
      { number: 1, groups: ['A', 'B', 'C', 'D'] },
      { number: 2, groups: ['E'] },
    ],
    groupCount: 5,
    values: {},
    errors: {},
  });
});

it('keeps what was typed and shows zones without underscores', () => {
  const view = setupView({ ownerName: 'Noor' }, { email: 'x' }, ['America/New_York']);
  expect(view).toEqual({
    values: { ownerName: 'Noor' },
    errors: { email: 'x' },
    zones: [{ value: 'America/New_York', label: 'America/New York' }],
  });
});
