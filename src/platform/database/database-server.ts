import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/config.js';
import { FatalError } from '../process/fatal.js';
import { assertReachable } from './connect-error.js';
import { parseDatabaseUrl, type ConnectionSettings } from './connection-settings.js';
import { ClusterPaths } from './embedded/cluster-paths.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { readConnection } from './embedded/socket-folder.js';
import { APP_URL } from './roles/runtime-user.js';

/** The PostgreSQL of an installation, ready for connections. */
export interface DatabaseServer {
  /** As its owner. */
  readonly settings: ConnectionSettings;
  /** The bundled one, or null where DATABASE_URL names another. */
  readonly embedded: EmbeddedPostgres | null;
  /** Stops the bundled one; an external one is left alone. The last step of a shutdown. */
  stop(): Promise<void>;
}

/** `<data>/pg`. */
const folderOf = (config: Config): string => config.data.file('pg');

/**
 * Proves the external database, or starts the bundled one (making it at the first start). For the bundled one the caller holds the
 * data directory (`takeDataFolder`).
 * @throws FatalError with one line when there is no database to work with.
 */
export async function startDatabase(
  config: Config,
  say: (line: string) => void = () => undefined,
): Promise<DatabaseServer> {
  const external = externalDatabase(config);
  if (external) {
    await assertReachable(external);
    return { settings: external, embedded: null, stop: () => Promise.resolve() };
  }
  const embedded = new EmbeddedPostgres(folderOf(config), say);
  return { settings: await embedded.start(), embedded, stop: () => embedded.stop() };
}

/** Settings from DATABASE_URL, or null for the bundled PostgreSQL. */
export const externalDatabase = (config: Config): ConnectionSettings | null =>
  config.database.url === null ? null : parseDatabaseUrl(config.database.url);

/** Settings from DATABASE_APP_URL, or null where the server finds its runtime user by itself. */
export const configuredRuntime = (config: Config): ConnectionSettings | null =>
  config.database.appUrl === null ? null : parseDatabaseUrl(config.database.appUrl, APP_URL);

/** The bundled PostgreSQL that a running server keeps. */
export const runningDatabase = (config: Config): ConnectionSettings =>
  readConnection(new ClusterPaths(folderOf(config)));

/** @throws FatalError where no bundled database was made yet. */
export function assertDatabaseMade(config: Config): void {
  if (existsSync(path.join(new ClusterPaths(folderOf(config)).cluster, 'PG_VERSION'))) return;
  throw new FatalError(
    `There is no database in ${config.data.folder} yet. Start Alcove there first, or set ALCOVE_DATA_DIR.`,
  );
}
