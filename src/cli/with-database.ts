import type { DataSource } from 'typeorm';
import type { Config } from '../platform/config/config.js';
import { assertReachable } from '../platform/database/connect-error.js';
import type { ConnectionSettings } from '../platform/database/connection-settings.js';
import { openDataSource } from '../platform/database/data-source.js';
import {
  assertDatabaseMade,
  externalDatabase,
  runningDatabase,
  startDatabase,
} from '../platform/database/database-server.js';
import { prepareDataFolder } from '../platform/process/data-folder.js';
import { dataHolder, takeDataFolder } from '../platform/process/data-lock.js';
import { FatalError } from '../platform/process/fatal.js';
import { Shutdown } from '../platform/process/shutdown.js';
import { remark } from './output.js';

export interface DatabaseWish {
  /** Whether to make a database where there is none yet. */
  readonly make: boolean;
  /** What to do instead of ending with one line when there is none to work with; gives the exit code. */
  readonly otherwise?: (error: FatalError) => number;
}

export interface OpenDatabase {
  readonly dataSource: DataSource;
  readonly settings: ConnectionSettings;
  /** Where it came from, for reports. */
  readonly kind: 'external' | 'of-the-server' | 'of-this-command';
}

/**
 * Runs `work` with the installation's database: the one DATABASE_URL names, the one a running server keeps, or else the bundled
 * one, started for as long as the work takes. Ends the process when done: with `work`'s exit code, or with one clear line.
 */
export async function withDatabase(
  config: Config,
  wish: DatabaseWish,
  work: (database: OpenDatabase) => Promise<number>,
): Promise<void> {
  const shutdown = new Shutdown();
  shutdown.listen();
  try {
    const { settings, kind } = await findDatabase(config, wish.make, shutdown);
    const limits = { ...config.database, poolMax: 3, statementTimeoutMs: 600_000 };
    const dataSource = await openDataSource({ settings, limits, applicationName: 'alcove: command' });
    shutdown.onShutdown('the connections', () => dataSource.destroy());
    await shutdown.end(await work({ dataSource, settings, kind }));
  } catch (error) {
    if (wish.otherwise && error instanceof FatalError) await shutdown.end(wish.otherwise(error));
    await shutdown.fail(error);
  }
}

async function findDatabase(
  config: Config,
  make: boolean,
  shutdown: Shutdown,
): Promise<Pick<OpenDatabase, 'settings' | 'kind'>> {
  const external = externalDatabase(config);
  if (external) {
    await assertReachable(external);
    return { settings: external, kind: 'external' };
  }
  if (dataHolder(config.data.folder)?.kind === 'server')
    return { settings: runningDatabase(config), kind: 'of-the-server' };
  if (!make) assertDatabaseMade(config);
  prepareDataFolder(config.data.folder);
  const giveBack = await takeDataFolder(config.data.folder, 'command');
  shutdown.onShutdown('the data directory', giveBack);
  const database = await startDatabase(config, remark);
  shutdown.onShutdown('the database', () => database.stop(), 30_000);
  return { settings: database.settings, kind: 'of-this-command' };
}
