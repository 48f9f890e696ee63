import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const ROOT = path.join(import.meta.dirname, '../..');
/** A planted fault: platform reaching into a feature. */
const PLANTED = path.join(ROOT, 'src/platform/planted-fault');

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

/** Violations as `rule: from -> to`. */
async function violations(...folders: string[]): Promise<string[]> {
  const cruiser = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  const output = await run(process.execPath, args, { cwd: ROOT, maxBuffer: 256 * 1024 * 1024 }).catch(
    (error: { stdout?: string; message: string }) => {
      if (error.stdout) return { stdout: error.stdout };
      throw new Error(error.message);
    },
  );
  const { summary } = JSON.parse(output.stdout) as { summary: { violations: Violation[] } };
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

describe('who may import whom', () => {
  afterAll(() => rmSync(PLANTED, { recursive: true, force: true }));

  it('holds in the whole tree', async () => {
    expect(await violations('src', 'plugins')).toEqual([]);
  });

  it('notices a planted fault', async () => {
    mkdirSync(PLANTED, { recursive: true });
    writeFileSync(path.join(PLANTED, 'fault.ts'), "export * from '../../features/people/public.js';\n");
    expect(await violations('src/platform/planted-fault')).toEqual([
      expect.stringContaining('platform-knows-no-feature: src/platform/planted-fault/fault.ts'),
    ]);
  });
});
