import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAlive, nodePath, run, until } from '../../support/processes.js';

const root = path.resolve(import.meta.dirname, '../../..');

/** Looks like an old Node: the launcher sees version 20 in the first process and the true one in the process it starts. */
const PRETEND_OLD = `if (!process.env.ALCOVE_LAUNCHER_PID) Object.defineProperty(process.versions, 'node', { value: process.env.PRETEND });`;

describe('the launcher', () => {
  let folder: string;
  const launcher = (): string => path.join(folder, 'src/cli/bin/alcove.mjs');
  const main = (code: string): void => {
    mkdirSync(path.join(folder, 'dist/cli'), { recursive: true });
    writeFileSync(path.join(folder, 'dist/cli/main.js'), `export async function main(argv) { ${code} }`);
  };
  const launch = (args: string[], pretend?: string) => {
    const before = pretend ? ['--require', path.join(folder, 'old.cjs')] : [];
    return run(nodePath, [...before, launcher(), ...args], { env: { PATH: process.env.PATH, PRETEND: pretend } });
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(root, 'dist/.launcher-'));
    mkdirSync(path.join(folder, 'src/cli/bin'), { recursive: true });
    copyFileSync(path.join(root, 'src/cli/bin/alcove.mjs'), launcher());
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(path.join(folder, 'old.cjs'), PRETEND_OLD);
    // A bundled Node as npm installs it: a package with the program in `bin`.
    const bundled = path.join(folder, `node_modules/node-${process.platform}-${process.arch}`);
    mkdirSync(path.join(bundled, 'bin'), { recursive: true });
    writeFileSync(path.join(bundled, 'package.json'), '{}');
    symlinkSync(nodePath, path.join(bundled, 'bin/node'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is written so that an old Node can parse it', () => {
    const text = readFileSync(launcher(), 'utf8');
    expect(text).not.toMatch(/\?\?|\?\.|import\.meta\.dirname|await import\(.*with\b/);
    expect(text.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  it('runs the command with its arguments', async () => {
    main('console.log(JSON.stringify(argv.slice(2))); process.exitCode = 3;');
    const process_ = launch(['migrate', '--check']);
    expect(await process_.ended).toBe(3);
    expect(process_.output()).toBe('["migrate","--check"]\n');
  });

  it('starts the bundled Node when the one at hand is old, and ends as it ends', async () => {
    main('console.log(process.versions.node, process.env.ALCOVE_LAUNCHER_PID, argv[2]); process.exitCode = 4;');
    const process_ = launch(['x'], '20.19.0');
    expect(await process_.ended).toBe(4);
    expect(process_.output().trim()).toBe(`${process.versions.node} ${process_.pid} x`);
  });

  it('passes signals on', async () => {
    main(`process.on('SIGTERM', () => { console.log('asked to end'); process.exit(0); });
      console.log('pid', process.pid); setInterval(() => undefined, 1000);`);
    const process_ = launch([], '20.19.0');
    const [, pid] = await process_.saw(/pid (\d+)/);
    expect(Number(pid)).not.toBe(process_.pid);
    process_.child.kill('SIGTERM');
    expect(await process_.ended).toBe(0);
    expect(process_.output()).toMatch(/asked to end/);
    await until('the other Node is gone', () => !isAlive(Number(pid)));
  });

  it('goes on with a Node between, and refuses one that is too old, where none is bundled', async () => {
    main(`console.log('went on');`);
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    // Away from this checkout, whose own bundled Node would be found.
    const { ended, output } = await outside('22.15.0');
    expect([await ended, output()]).toEqual([0, 'went on\n']);
    const old = await outside('22.14.0');
    expect(await old.ended).toBe(1);
    expect(old.output()).toMatch(/^alcove: Node 22\.14\.0 is too old\. [^\n]*\n$/);
  });

  async function outside(pretend: string) {
    const place = mkdtempSync('/tmp/alcove-launcher-');
    const process_ = run(
      '/bin/sh',
      [
        '-c',
        `cp -r "$1"/. "$2" && exec "$3" --require "$2/old.cjs" "$2/src/cli/bin/alcove.mjs"`,
        'sh',
        folder,
        place,
        nodePath,
      ],
      {
        env: { PATH: process.env.PATH, PRETEND: pretend },
      },
    );
    await process_.ended;
    rmSync(place, { recursive: true, force: true });
    return process_;
  }

  it('says in one line what failed', async () => {
    main(`throw new Error('something is missing');`);
    const process_ = launch([]);
    expect(await process_.ended).toBe(1);
    expect(process_.output()).toBe('alcove: something is missing\n');
  });

  it('builds what is not built, where there is a checkout', async () => {
    mkdirSync(path.join(folder, 'scripts'));
    writeFileSync(
      path.join(folder, 'scripts/ensure-built.mjs'),
      `import { mkdirSync, writeFileSync } from 'node:fs';
       export async function ensureBuilt() {
         mkdirSync(${JSON.stringify(path.join(folder, 'dist/cli'))}, { recursive: true });
         writeFileSync(${JSON.stringify(path.join(folder, 'dist/cli/main.js'))}, "export const main = async () => console.log('built');");
       }`,
    );
    const process_ = launch([]);
    expect(await process_.ended).toBe(0);
    expect(process_.output()).toBe('built\n');
    rmSync(path.join(folder, 'scripts'), { recursive: true });
    rmSync(path.join(folder, 'dist'), { recursive: true });
    const bare = launch([]);
    expect(await bare.ended).toBe(1);
    expect(bare.output()).toMatch(/^alcove: this installation is incomplete/);
    chmodSync(folder, 0o755);
  });
});
