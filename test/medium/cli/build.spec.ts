import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodePath, run } from '../../support/processes.js';

const root = path.resolve(import.meta.dirname, '../../..');

/** A compiler that writes down what it was asked and fails when its sources say so. */
const COMPILER = `
const fs = require('node:fs');
const what = process.argv.slice(2).join(' ');
fs.appendFileSync('calls.txt', what + '\\n');
setTimeout(() => {
  fs.appendFileSync('calls.txt', 'done ' + what + '\\n');
  if (fs.readFileSync('src/main.ts', 'utf8').includes('broken') && what === 'build') {
    console.error('src/main.ts(1,1): error TS1005: something is wrong');
    process.exit(2);
  }
}, 100);
`;

describe('the build', () => {
  let folder: string;
  const write = (file: string, text: string): void => {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  };
  const calls = (): string[] =>
    existsSync(path.join(folder, 'calls.txt'))
      ? readFileSync(path.join(folder, 'calls.txt'), 'utf8').trim().split('\n')
      : [];
  const ensure = async () => {
    const process_ = run(nodePath, [path.join(folder, 'scripts/ensure-built.mjs')], { cwd: folder });
    return { code: await process_.ended, output: process_.output() };
  };

  beforeEach(() => {
    folder = mkdtempSync('/tmp/alcove-build-');
    mkdirSync(path.join(folder, 'scripts'));
    for (const name of readdirSync(path.join(root, 'scripts')).filter((file) =>
      /^(build|build-state|ensure-built)\.mjs$/.test(file),
    )) {
      copyFileSync(path.join(root, 'scripts', name), path.join(folder, 'scripts', name));
    }
    write('package.json', '{}');
    write('node_modules/typescript/package.json', '{}');
    write('node_modules/typescript/bin/tsc', COMPILER);
    write('node_modules/@nestjs/cli/bin/nest.js', COMPILER);
    write('src/main.ts', 'fine');
    write('src/sdk/tsconfig.json', '{"include":["*.ts"]}');
    write('src/sdk/index.ts', '');
    write('src/testkit/tsconfig.json', '{"include":["*.ts"]}');
    write('plugins/one/tsconfig.json', '{"include":["src"]}');
    write('plugins/one/src/index.ts', '');
    write('plugins/plain/package.json', '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('compiles the SDK before all else, skips what has no sources, and then has nothing to do', async () => {
    expect(await ensure()).toEqual({ code: 0, output: 'Building Alcove for the first time.\n' });
    expect(calls().slice(0, 2)).toEqual(['-p src/sdk', 'done -p src/sdk']);
    expect(calls().slice(2).sort()).toEqual(['-p plugins/one', 'build', 'done -p plugins/one', 'done build']);
    expect(await ensure()).toEqual({ code: 0, output: '' });
    expect(calls()).toHaveLength(6);
  });

  it('builds again when a source changed, came or went, and not when only its time did', async () => {
    await ensure();
    utimesSync(path.join(folder, 'src/main.ts'), new Date(), new Date());
    expect((await ensure()).output).toBe('');
    write('src/new.ts', '');
    expect((await ensure()).output).toMatch(/again/);
    rmSync(path.join(folder, 'src/new.ts'));
    expect((await ensure()).output).toMatch(/again/);
    write('src/main.spec.ts', 'a test');
    expect((await ensure()).output).toBe('');
  });

  it('fails with the words of the compiler, and does not take that for built', async () => {
    write('src/main.ts', 'broken');
    for (let attempt = 0; attempt < 2; attempt++) {
      const { code, output } = await ensure();
      expect(code).toBe(1);
      expect(output).toMatch(/could not build the server:\nsrc\/main\.ts\(1,1\): error TS1005/);
    }
    write('src/main.ts', 'mended');
    expect((await ensure()).code).toBe(0);
  });

  it('runs once when two want it, and takes over from one that was killed', async () => {
    const results = await Promise.all([ensure(), ensure()]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(calls().filter((call) => call === 'build')).toHaveLength(1);
    write('src/new.ts', '');
    write('dist/.build-lock/pid', '999999');
    expect((await ensure()).code).toBe(0);
  });

  it('works without compilers on what is built, and says so where nothing is', async () => {
    rmSync(path.join(folder, 'node_modules/typescript'), { recursive: true });
    const { code, output } = await ensure();
    expect(code).toBe(1);
    expect(output).toMatch(/^Alcove is not built/);
    write('dist/.build-stamp', 'of the image');
    write('dist/cli/main.js', '');
    expect(await ensure()).toEqual({ code: 0, output: '' });
  });
});
