import { existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FatalError } from '../../process/fatal.js';
import type { ConnectionSettings } from '../connection-settings.js';
import type { ClusterPaths } from './cluster-paths.js';
import { giveTo } from './make-cluster.js';
import type { PgUser } from './pg-user.js';

/** Longest path of a unix socket, without its closing zero byte. */
const LONGEST = process.platform === 'darwin' ? 103 : 107;
const SOCKET = '/.s.PGSQL.5432';
const SHORT = '/tmp/alcove-pg-';
const PORT = 5432;

/** Name of our database and of its owner. */
export const DATABASE = 'alcove';

/** A folder only PostgreSQL's user may enter, with a path short enough for a socket. */
export interface SocketFolder {
  /** As we reach it. */
  readonly path: string;
  /** As PostgreSQL is told it. */
  readonly argument: string;
}

/** The folder `run` beside the cluster, or a short one below /tmp where the path to that is too long. */
export function socketFolder(paths: ClusterPaths, user: PgUser): SocketFolder {
  // Relative to the data directory: the absolute path may lead through folders PostgreSQL's user cannot enter.
  if (paths.run.length + SOCKET.length <= LONGEST)
    return { path: paths.run, argument: `../${path.basename(paths.run)}` };
  removeShort(paths);
  const folder = mkdtempSync(SHORT);
  giveTo(folder, user);
  return { path: folder, argument: folder };
}

/** Writes down where the server listens. */
export function writeConnection(paths: ClusterPaths, user: PgUser, host: string): void {
  const facts = { host, port: PORT, user: DATABASE, database: DATABASE };
  writeFileSync(paths.connection, `${JSON.stringify(facts)}\n`, { mode: 0o600 });
  giveTo(paths.connection, user);
}

/** Removes what points at a server that has stopped. */
export function forgetConnection(paths: ClusterPaths): void {
  removeShort(paths);
  rmSync(paths.connection, { force: true });
}

/**
 * The connection to the bundled PostgreSQL of a data directory, as its server wrote it down.
 * @throws FatalError when no server has.
 */
export function readConnection(paths: ClusterPaths): ConnectionSettings {
  if (!existsSync(paths.connection) || !existsSync(paths.password)) {
    throw new FatalError(
      `The server on ${path.dirname(paths.folder)} has not started its database yet. Try again in a moment.`,
    );
  }
  const facts = JSON.parse(readFileSync(paths.connection, 'utf8')) as Omit<ConnectionSettings, 'password' | 'ssl'>;
  return { ...facts, password: readFileSync(paths.password, 'utf8'), ssl: false };
}

/** A short folder left by a server that was killed: known from the connection file, and ours by its name and its content. */
function removeShort(paths: ClusterPaths): void {
  if (!existsSync(paths.connection)) return;
  const { host } = JSON.parse(readFileSync(paths.connection, 'utf8')) as { host: string };
  if (!host.startsWith(SHORT) || host.includes('..') || !existsSync(host) || !lstatSync(host).isDirectory()) return;
  if (readdirSync(host).every((name) => name.startsWith('.s.PGSQL.'))) rmSync(host, { recursive: true, force: true });
}
