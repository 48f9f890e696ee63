import { expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { secondCopies } from './shared-packages.js';

it('names a shared package that a plugin brings along, and no other', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'alcove-copies-'));
  writeFileSync(path.join(folder, 'package.json'), '{}');
  for (const name of ['@alcove/sdk', 'left-pad']) {
    mkdirSync(path.join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '0.1.0' }));
  }
  expect(secondCopies(folder)).toEqual([
    expect.stringMatching(/^@alcove\/sdk would be loaded twice: .*node_modules\/@alcove\/sdk$/),
  ]);
  rmSync(folder, { recursive: true });
});

it('has nothing against a plugin inside the checkout', () => {
  expect(secondCopies(path.resolve('test/fixtures/plugins/healthy'))).toEqual([]);
});
