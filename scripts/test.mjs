// `npm test`: builds, finds a browser, lints, then runs every test at its quick size; `--deep` runs the same at full size.
// The last line is `N passed, N failed`, for CI.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findBrowser } from './browser.mjs';

const root = path.join(import.meta.dirname, '..');
const deep = process.argv.includes('--deep');
const own = process.argv.slice(2).filter((argument) => argument !== '--deep');
const env = { ...process.env, NODE_ENV: 'test', ALCOVE_TEST_SCALE: deep ? 'deep' : 'quick' };

const node = (args, options = {}) =>
  spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit', ...options });

let passed = 0;
let failed = 0;
const step = (name, ok) => {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}`);
};

const built = node(['scripts/ensure-built.mjs']).status === 0;
step('build', built);
env.CHROMIUM_PATH = await findBrowser();
if (own.length === 0) step('lint', node(['scripts/lint.mjs']).status === 0);

if (built) {
  const reports = mkdtempSync(path.join(os.tmpdir(), 'alcove-test-'));
  // Many small files first, then those that start servers and browsers, one at a time: two cores carry no more.
  const runs =
    own.length > 0
      ? [own]
      : [
          ['--testPathIgnorePatterns', ...OUTSIDE(), ...SLOW()],
          ['--runInBand', ...SLOW()],
        ];
  for (const [at, args] of runs.entries()) {
    const report = path.join(reports, `${at}.json`);
    const flags = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];
    const jest = [
      ...flags,
      'node_modules/jest/bin/jest.js',
      '--forceExit',
      '--json',
      `--outputFile=${report}`,
      ...args,
    ];
    // A child that a failed test left behind must not hold everything up. The JSON goes to the file; Jest repeats it on standard output, which nobody wants to read.
    const { status } = node(jest, { stdio: ['inherit', 'ignore', 'inherit'] });
    try {
      const result = JSON.parse(readFileSync(report, 'utf8'));
      passed += result.numPassedTests;
      failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
      if (status !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) failed += 1;
    } catch (error) {
      console.error(`no report of the tests: ${error.message}`);
      failed += 1;
    }
  }
  rmSync(reports, { recursive: true, force: true });
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

function SLOW() {
  return ['test/e2e/', 'e2e\\.spec\\.ts$', 'test/medium/performance/memory', 'test/medium/cli', 'test/medium/process'];
}

function OUTSIDE() {
  return ['/node_modules/', '/dist/'];
}
