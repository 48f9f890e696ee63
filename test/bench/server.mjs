import { fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { residentMegabytes } from './figures.mjs';

const root = path.join(import.meta.dirname, '../..');
const bundled = path.join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
const node = existsSync(bundled) ? bundled : process.execPath;

/** Starts the built server as people do and waits until it is ready; `seconds` is how long that took. */
export async function startServer(command, folder, env = {}) {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(node, [path.join(root, 'src/cli/bin/alcove.mjs'), command], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      ALCOVE_DATA_DIR: folder,
      ALCOVE_LOG_LEVEL: 'error',
      ...env,
    },
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let written = '';
  const ready = new Promise((resolve, reject) => {
    const read = (part) => {
      written += part;
      if (written.includes('Alcove is ready')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(`the server ended:\n${written}`)));
    setTimeout(() => reject(new Error(`the server was not ready within 60 s:\n${written}`)), 60_000).unref();
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
  };
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid, port, seconds: (performance.now() - began) / 1_000, stop };
}

/** First and second start of the demo in a new folder, and its resident memory after a rest. */
export async function startUps(restSeconds) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'alcove-bench-demo-'));
  try {
    const first = await startServer('demo', folder);
    await first.stop();
    const second = await startServer('demo', folder);
    await sleep(restSeconds * 1_000);
    const idle = residentMegabytes(second.pid);
    await second.stop();
    return { first: first.seconds, second: second.seconds, idle };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One of our own helpers in a process that ends with this one. */
export const forkHelper = (file) => fork(path.join(import.meta.dirname, file), { execPath: node, execArgv: [] });

/** Sends a message and waits for the answer. */
export function askHelper(child, message) {
  return new Promise((resolve, reject) => {
    const ended = (code) => reject(new Error(`a helper of the bench ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      if (answer.error) reject(new Error(answer.error));
      else resolve(answer);
    });
    child.send(message);
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
