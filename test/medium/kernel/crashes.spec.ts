import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crashFile, type CrashReport } from '../../../src/kernel/lifecycle/crash-file.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { nodePath, run } from '../../support/processes.js';
import { kernelDatabase, pluginRoot, removeRoots } from './support.js';

let database: TestDatabase;
const dataDir = mkdtempSync(path.join(os.tmpdir(), 'alcove-crashes-'));

beforeAll(async () => {
  database = await freshDatabase();
  await kernelDatabase(database);
});

afterAll(async () => {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
  removeRoots();
});

function child(plugins: string[], act: 'draw' | 'wait') {
  const { name, connection } = database;
  const told = JSON.stringify({ database: { name, connection }, dataDir, root: pluginRoot(plugins), plugins, act });
  return run(nodePath, ['--import', './test/support/ts-hooks.mjs', 'test/medium/kernel/child.ts', told]);
}

it('ends a process that a plugin blocks, says who it was, and leaves that plugin out next time', async () => {
  const blocked = child(['busy-loop', 'healthy'], 'draw');
  await blocked.saw(/ready busy-loop=active\/null healthy=active\/null/);
  expect(await blocked.ended).toBe(70);
  expect(blocked.output()).toMatch(/blocked for \d\.\d s and ends now; the plugin busy-loop was running/);
  expect(blocked.output()).not.toContain('alive');
  const report = JSON.parse(readFileSync(crashFile(dataDir), 'utf8')) as CrashReport;
  expect(report).toMatchObject({ pluginId: 'busy-loop' });
  expect(report.frames[0]).toMatch(/busy-loop\/index\.js$/);

  const next = child(['busy-loop', 'healthy'], 'draw');
  await next.saw(/alive 200 busy-loop=quarantined\/blocked healthy=active\/null/);
  expect(await next.ended).toBe(0);
  expect(existsSync(crashFile(dataDir))).toBe(false);
});

it('puts a plugin out whose error nobody caught, and lives on', async () => {
  const crashed = child(['late-crash', 'healthy'], 'wait');
  await crashed.saw(/alive 200 healthy=active\/null late-crash=quarantined\/crashed/);
  expect(await crashed.ended).toBe(0);
  expect(crashed.output()).not.toContain('fatal');
});
