import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { configurationRows } from './reference.js';

it('docs/reference/configuration.md lists exactly the variables of the classes', () => {
  const page = readFileSync('docs/reference/configuration.md', 'utf8');
  const rows = page
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/\s+\|/g, ' |').replace(/\|\s+/g, '| ').trim());
  expect(rows).toEqual(configurationRows());
});
