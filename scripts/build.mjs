import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { alone, builtDigest, forgetBuild, rememberBuild, root, sourceDigest } from './build-state.mjs';

/**
 * Builds everything: the SDK first, since all else compiles against its declarations; then test kit, server and plugins side by
 * side; then the assets. Quiet unless something fails; throws with the compiler's own message. With `unlessDone` nothing is
 * repeated that another process built while this one waited for it.
 */
export async function build({ unlessDone = false } = {}) {
  await alone(async () => {
    const digest = sourceDigest();
    if (unlessDone && builtDigest() === digest) return;
    forgetBuild();
    await compile('src/sdk');
    const packages = ['src/testkit', ...pluginFolders()].filter(hasSources);
    await inParallel([nestBuild, ...packages.map((folder) => () => compile(folder))]);
    if (existsSync(path.join(root, 'scripts/build-assets.mjs'))) await script('scripts/build-assets.mjs');
    rememberBuild(digest);
  });
}

const pluginFolders = () =>
  readdirSync(path.join(root, 'plugins'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(root, 'plugins', entry.name, 'tsconfig.json')))
    .map((entry) => `plugins/${entry.name}`);

/** A package may be plain JavaScript, or not begun yet: the compiler refuses an empty program. */
function hasSources(folder) {
  const { include = [] } = JSON.parse(readFileSync(path.join(root, folder, 'tsconfig.json'), 'utf8'));
  const top = include.includes('src') ? path.join(root, folder, 'src') : path.join(root, folder);
  return existsSync(top) && readdirSync(top).some((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
}

const compile = (folder) => run(folder, ['node_modules/typescript/bin/tsc', '-p', folder]);
const nestBuild = () => run('the server', ['node_modules/@nestjs/cli/bin/nest.js', 'build']);
const script = (file) => run(file, [file]);

function run(what, args) {
  return new Promise((resolve, reject) => {
    execFile(buildNode(), args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (!error) return resolve();
      const written = `${stdout}${stderr}`.trim() || error.message;
      const message = process.stderr.isTTY ? written : stripVTControlCharacters(written);
      reject(new Error(`could not build ${what}:\n${message}`));
    });
  });
}

/** The Node that npm brought along where there is one: the compilers ask for a newer one than some systems have. */
function buildNode() {
  const bundled = path.join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  return existsSync(bundled) ? bundled : process.execPath;
}

/** Runs the tasks, as many at a time as there are processors, and waits for all of them, so that none writes after a failure. */
async function inParallel(tasks) {
  const waiting = [...tasks];
  const failures = [];
  const worker = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) {
      try {
        await task();
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, worker));
  if (failures.length > 0) throw new Error(failures.map((failure) => failure.message).join('\n\n'));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  build().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
