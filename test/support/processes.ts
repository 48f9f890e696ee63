import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processFacts } from '../../src/platform/process/process-identity.js';

const root = path.resolve(import.meta.dirname, '../..');

/** Node as the server runs it: the one npm brought along, else the one that runs the tests. */
export const nodePath = ((): string => {
  const bundled = path.join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  return existsSync(bundled) ? bundled : process.execPath;
})();

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** All it has written so far. */
  output(): string;
  /** Waits until its output has this; throws with the output when it ends or takes too long. */
  saw(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  /** Exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts a process and collects what it writes. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => void (text += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
  const saw = async (pattern: RegExp, withinMs = 20_000): Promise<RegExpExecArray> => {
    for (const until = Date.now() + withinMs; Date.now() < until; await sleep(20)) {
      const match = pattern.exec(text);
      if (match) return match;
      if (child.exitCode !== null || child.signalCode !== null) break;
    }
    const late = pattern.exec(text);
    if (late) return late;
    throw new Error(`${command} never wrote ${String(pattern)}; it wrote:\n${text}`);
  };
  return { child, pid: child.pid ?? 0, output: () => text, saw, ended };
}

/** Waits until `holds` is true; throws when it takes longer. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(25)) if (await holds()) return;
  throw new Error(`waited ${withinMs} ms in vain: ${what}`);
}

/** True while this process runs; one that has ended and waits to be collected does not. */
export const isAlive = (pid: number): boolean => processFacts(pid) !== null;
