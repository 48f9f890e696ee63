import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from './error-facts.js';
import { FatalError } from './fatal.js';
import { isSameProcess, ownIdentity } from './process-identity.js';

/** Who uses a data directory: the server, or a command that runs the bundled PostgreSQL for its own time. */
export interface DataHolder {
  readonly pid: number;
  readonly identity: string;
  readonly kind: 'server' | 'command';
}

const LOCK = 'server.lock';
const PID = 'server.pid';

/** The living process that uses this data directory, or null. What a dead one left behind does not count. */
export function dataHolder(folder: string): DataHolder | null {
  const text = readIfThere(path.join(folder, LOCK));
  const holder = text === null ? null : parseHolder(text);
  return holder && isSameProcess(holder.pid, holder.identity) ? holder : null;
}

/**
 * Takes the data directory for this process and writes `server.pid` when it is the server. Waits for a command that holds it.
 * @returns the way to give it back.
 * @throws FatalError when a server already runs on it.
 */
export async function takeDataFolder(folder: string, kind: DataHolder['kind'], waitMs = 30_000): Promise<() => void> {
  const own: DataHolder = { pid: process.pid, identity: ownIdentity(), kind };
  const deadline = Date.now() + waitMs;
  while (!tryTake(folder, own)) {
    const holder = dataHolder(folder);
    if (holder?.kind === 'server') {
      throw new FatalError(
        `A server already runs on ${folder} (pid ${holder.pid}). Stop it first, or set ALCOVE_DATA_DIR.`,
      );
    }
    if (Date.now() > deadline) {
      throw new FatalError(`A command (pid ${holder?.pid ?? 'unknown'}) uses ${folder}. Try again when it has ended.`);
    }
    await sleep(100);
  }
  const pidFile = path.join(folder, PID);
  if (kind === 'server') writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  else rmSync(pidFile, { force: true });
  return () => giveBack(folder, own);
}

/** Links a complete file into place: the lock appears at once and whole, and only one of two processes can place it. */
function tryTake(folder: string, own: DataHolder): boolean {
  const lock = path.join(folder, LOCK);
  const draft = `${lock}.${own.pid}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  if (!dataHolder(folder)) removeStale(lock, own.pid);
  return false;
}

/** Moves a dead lock aside before removing it; a live one that appeared in between is put back. */
function removeStale(lock: string, pid: number): void {
  const aside = `${lock}.stale.${pid}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  const holder = parseHolder(readFileSync(aside, 'utf8'));
  if (holder && isSameProcess(holder.pid, holder.identity)) renameSync(aside, lock);
  else rmSync(aside, { force: true });
}

function giveBack(folder: string, own: DataHolder): void {
  const holder = dataHolder(folder);
  if (holder?.pid !== own.pid || holder.identity !== own.identity) return;
  if (own.kind === 'server') rmSync(path.join(folder, PID), { force: true });
  rmSync(path.join(folder, LOCK), { force: true });
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A file cut short by a full disk holds nothing we could trust: null. */
function parseHolder(text: string): DataHolder | null {
  const match = /^\{"pid":(\d+),"identity":"([^"\\]*)","kind":"(server|command)"\}$/.exec(text);
  return match ? { pid: Number(match[1]), identity: match[2], kind: match[3] as DataHolder['kind'] } : null;
}
