import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { statusOf, systemCode } from './error-facts.js';

/** What is known about a process of this machine. */
export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  /** Differs between two processes that had the same pid, also across a reboot. */
  readonly identity: string;
  /** Command line, words separated by spaces. */
  readonly command: string;
}

/** Facts of a living process; null when there is none with this pid. A zombie has ended. */
export function processFacts(pid: number): ProcessFacts | null {
  return process.platform === 'linux' ? linuxFacts(pid) : psFacts(pid);
}

/** True while the very process that had this identity lives. */
export const isSameProcess = (pid: number, identity: string): boolean => processFacts(pid)?.identity === identity;

/** Identity of this process. */
export function ownIdentity(): string {
  const own = processFacts(process.pid);
  if (!own) throw new Error('this process cannot see itself in the list of processes');
  return own.identity;
}

function linuxFacts(pid: number): ProcessFacts | null {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the name in parentheses and may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent] = fields;
  if (state === 'Z' || state === 'X') return null;
  const started = fields[19];
  const boot = readProc('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  const command = (readProc(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
  return { pid, parentPid: Number(parent), identity: `${boot}:${started}`, command };
}

function readProc(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return null;
    throw error;
  }
}

function psFacts(pid: number): ProcessFacts | null {
  const text = psLine(pid);
  const match = /^\s*(\d+)\s+(\S+)\s+(\w+ +\w+ +\d+ [\d:]+ \d+)\s+(.*)$/.exec(text);
  if (!match || match[2].startsWith('Z')) return null;
  return { pid, parentPid: Number(match[1]), identity: match[3], command: match[4].trim() };
}

function psLine(pid: number): string {
  try {
    const options = { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' }, stdio: 'pipe' } as const;
    return execFileSync('ps', ['-o', 'ppid=,stat=,lstart=,command=', '-p', String(pid)], options);
  } catch (error) {
    // `ps` ends with 1 and says nothing when there is no such process.
    if (statusOf(error) === 1) return '';
    throw error;
  }
}
