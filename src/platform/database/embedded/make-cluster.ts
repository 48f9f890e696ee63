import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { newSecret } from '../../ids.js';
import { messageOf, stderrOf, systemCode } from '../../process/error-facts.js';
import { FatalError } from '../../process/fatal.js';
import type { ClusterPaths } from './cluster-paths.js';
import { PG_ENVIRONMENT, type NativePostgres } from './native.js';
import type { PgUser } from './pg-user.js';

const run = promisify(execFile);
const DRAFT = 'cluster.new-';

/** The administrator that initdb makes. */
export const ADMIN = 'postgres';

/** Makes the folders, owned by the user PostgreSQL runs as and closed to everybody else. */
export function makeFolders(paths: ClusterPaths, user: PgUser): void {
  for (const folder of [paths.folder, paths.run]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o700);
      giveTo(folder, user);
    } catch (error) {
      throw new FatalError(`The folder ${folder} of the database cannot be used (${systemCode(error)}).`, 1, {
        cause: error,
      });
    }
  }
}

/**
 * Makes the data directory unless it is there. It is made under another name and renamed when complete, so that a first start that
 * was interrupted is simply done again.
 */
export async function makeCluster(paths: ClusterPaths, native: NativePostgres, user: PgUser): Promise<void> {
  removeDrafts(paths.folder);
  if (existsSync(paths.cluster)) {
    if (existsSync(paths.adminPassword)) return;
    throw new FatalError(
      `The password file ${paths.adminPassword} of the database is missing. Restore it from a backup.`,
    );
  }
  writeSecret(paths.password, user);
  writeSecret(paths.adminPassword, user);
  const draft = mkdtempSync(path.join(paths.folder, DRAFT));
  giveTo(draft, user);
  const args = ['-D', dataArgument(draft, user), '-U', ADMIN, `--pwfile=../${path.basename(paths.adminPassword)}`];
  args.push('--auth=scram-sha-256', '--data-checksums', '--encoding=UTF8');
  // Built into PostgreSQL: the order of text does not change when the machine's libraries do.
  args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  try {
    await run(native.initdb, args, { ...user, cwd: draft, env: PG_ENVIRONMENT });
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw new FatalError(`The database could not be made: ${initdbReason(error)}`, 1, { cause: error });
  }
  renameSync(draft, paths.cluster);
}

/**
 * How PostgreSQL is told its data directory. Dropped from root it could not walk to a folder below one only root may enter; but the
 * working directory is given to it already opened, so it is named through that.
 */
export const dataArgument = (cluster: string, user: PgUser): string =>
  process.platform === 'linux' && user.uid !== undefined ? '/proc/self/cwd' : cluster;

export function giveTo(file: string, user: PgUser): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(file, user.uid, user.gid);
}

function writeSecret(file: string, user: PgUser): void {
  rmSync(file, { force: true });
  writeFileSync(file, newSecret(24), { mode: 0o600 });
  giveTo(file, user);
}

function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(DRAFT)) rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

function initdbReason(error: unknown): string {
  const text = stderrOf(error) || messageOf(error);
  if (/No space left/i.test(text)) return 'the disk is full.';
  const line = text.split('\n').find((candidate) => /error|fatal|could not/i.test(candidate));
  return (line ?? text.trim().split('\n')[0]).trim();
}
