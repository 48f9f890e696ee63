import { expect, it } from '@jest/globals';
import { foldName, nameWords } from './fold-name.js';

it.each([
  ['  Zoë   ÅNGSTRÖM ', 'zoe angstrom'],
  ['Łukasz Straße', 'lukasz strasse'],
  ['Søren Æ', 'soren ae'],
  ['Nguyễn Thị', 'nguyen thi'],
  ['O’Brien', "o'brien"],
  ['İpek Işık', 'ipek isik'],
  ['', ''],
])('%s folds to %s', (name, folded) => expect(foldName(name)).toBe(folded));

it('finds the parts of a name with and without its marks', () => {
  expect(nameWords("Anne-Marie O'Brien").sort()).toEqual(
    ['anne-marie', 'annemarie', 'anne', 'marie', "o'brien", 'obrien', 'o', 'brien'].sort(),
  );
});
