#!/usr/bin/env node
// The `alcove` command. This file keeps to old syntax, so that an old Node can still say what is wrong; all else is in dist/cli.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const WANTED = 24;

main().catch(function (error) {
  console.error('alcove: ' + (error && error.message ? error.message : error));
  process.exitCode = 1;
});

async function main() {
  const bundled = major() < WANTED ? bundledNode() : null;
  if (bundled) return runWith(bundled);
  if (!isNewEnough()) {
    throw new Error(
      'Node ' +
        process.versions.node +
        ' is too old. Use Node 24, or 22.15 and newer; on Linux "npm ci" brings the right one (without --omit=optional).',
    );
  }
  const built = join(root, 'dist/cli/main.js');
  if (!existsSync(built)) await build();
  // As early as can be: by the time the command is known, loading it has made V8's young space large (process/young-space.ts).
  if (/^(start|demo)$/.test(process.argv[2] || '')) setFlagsFromString('--semi-space-growth-factor=1');
  const cli = await import(pathToFileURL(built).href);
  await cli.main(process.argv);
}

function major() {
  return Number(process.versions.node.split('.')[0]);
}

function isNewEnough() {
  const parts = process.versions.node.split('.').map(Number);
  return parts[0] > 22 || (parts[0] === 22 && parts[1] >= 15);
}

/** The Node that npm installed beside us, or null. */
function bundledNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const program = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  try {
    const manifest = createRequire(import.meta.url).resolve('node-' + system + '-' + process.arch + '/package.json');
    const file = join(dirname(manifest), program);
    return existsSync(file) ? file : null;
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** Runs this very command with another Node, and ends as it ends. */
function runWith(node) {
  const env = Object.assign({}, process.env, { ALCOVE_LAUNCHER_PID: String(process.pid) });
  const child = spawn(node, process.execArgv.concat(process.argv.slice(1)), { stdio: 'inherit', env: env });
  const pass = function (signal) {
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach(function (signal) {
    process.on(signal, pass);
  });
  return new Promise(function (resolve, reject) {
    child.on('error', reject);
    child.on('exit', function (code, signal) {
      signals.forEach(function (name) {
        process.removeListener(name, pass);
      });
      if (signal) process.kill(process.pid, signal);
      process.exitCode = code === null ? 1 : code;
      resolve();
    });
  });
}

/** After "npm ci" in a checkout nothing is compiled yet. */
async function build() {
  const script = join(root, 'scripts/ensure-built.mjs');
  if (!existsSync(script)) throw new Error('this installation is incomplete: ' + join(root, 'dist') + ' is missing.');
  const module = await import(pathToFileURL(script).href);
  await module.ensureBuilt();
}
