import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../../process/error-facts.js';
import { isSameProcess, processFacts, type ProcessFacts } from '../../process/process-identity.js';

/** How long each kind of stop may take, mildest first; null waits for one that is under way (the leash of a killed server). */
const STOPS: readonly { signal: NodeJS.Signals | null; waitMs: number }[] = [
  { signal: null, waitMs: 3_000 },
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/**
 * Ends a PostgreSQL that an earlier server left behind on this data directory, and removes a lock file whose process is somebody
 * else's by now. The caller holds the data directory, so no living server uses it.
 */
export async function endOrphan(cluster: string): Promise<void> {
  const orphan = postmasterOf(cluster);
  if (orphan) await endPostmaster(orphan, STOPS);
}

/** Ends the postmaster of a running cluster that did not end when asked through its leash. */
export async function endStubborn(cluster: string): Promise<void> {
  const postmaster = postmasterOf(cluster);
  if (postmaster) await endPostmaster(postmaster, STOPS.slice(2));
}

/** The living postmaster of this cluster, by its lock file; null when there is none. */
export function postmasterOf(cluster: string): ProcessFacts | null {
  const lockFile = path.join(cluster, 'postmaster.pid');
  const pid = Number(firstLine(lockFile));
  if (!Number.isInteger(pid) || pid <= 1) return null;
  const facts = processFacts(pid);
  if (facts && isPostmaster(facts, cluster)) return facts;
  // PostgreSQL asks only whether the pid lives and would refuse to start when another program of the same user has it now.
  if (facts) rmSync(lockFile, { force: true });
  return null;
}

function isPostmaster(facts: ProcessFacts, cluster: string): boolean {
  if (!/(^|\/)postgres(\s|$)/.test(facts.command)) return false;
  if (process.platform !== 'linux') return facts.command.includes(cluster);
  try {
    return readlinkSync(`/proc/${facts.pid}/cwd`) === realpathSync(cluster);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'EACCES') return false;
    throw error;
  }
}

async function endPostmaster(postmaster: ProcessFacts, stops: typeof STOPS): Promise<void> {
  for (const { signal, waitMs } of stops) {
    if (signal && isSameProcess(postmaster.pid, postmaster.identity)) process.kill(postmaster.pid, signal);
    for (let waited = 0; waited < waitMs; waited += 50) {
      if (!isSameProcess(postmaster.pid, postmaster.identity)) return;
      await sleep(50);
    }
  }
  throw new Error(`the PostgreSQL with pid ${postmaster.pid} does not end`);
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n')[0];
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}
