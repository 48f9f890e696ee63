import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { PG_ENVIRONMENT } from './native.js';
import type { PgUser } from './pg-user.js';

/**
 * A shell between us and PostgreSQL that holds the far end of a pipe: when our end closes, for whatever reason (`kill -9` of Node
 * included), it asks PostgreSQL for a fast stop. `read` is built into the shell, so nothing else stays behind.
 */
const SCRIPT = `
"$@" 3<&- & pg=$!
trap '' INT TERM HUP
( read -r line <&3; kill -INT "$pg" ) & watch=$!
exec 3<&-
wait "$pg"; code=$?
kill -KILL "$watch" 2>/dev/null
exit "$code"
`;

export interface Leash {
  /** Resolves with the exit code when PostgreSQL has ended, or 137 when the leash itself was killed. */
  readonly ended: Promise<number>;
  readonly hasEnded: () => boolean;
  /** Asks PostgreSQL for a fast stop. */
  release(): void;
}

/** Starts `command` on the leash, in a session of its own so that Ctrl-C in a terminal does not reach it before we have closed. */
export function spawnLeashed(
  command: readonly string[],
  options: { readonly cwd: string; readonly user: PgUser; readonly logFd: number },
): Leash {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'leash', ...command], {
    ...options.user,
    cwd: options.cwd,
    env: PG_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', options.logFd, options.logFd, 'pipe'],
  });
  const pipe = child.stdio[3] as Writable;
  // The far end closes when PostgreSQL ends by itself; `ended` reports that.
  pipe.on('error', () => undefined);
  return {
    ended: endOf(child),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    release: () => pipe.end(),
  };
}

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 137)));
  });
}
