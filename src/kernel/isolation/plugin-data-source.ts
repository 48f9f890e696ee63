import type { PluginDefinition } from '@alcove/sdk';
import type { ClientConfig } from 'pg';
import { DataSource, type Logger } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { clientConfigOf } from '../../platform/database/data-source.js';
import { detailOf } from '../lifecycle/detail.js';
import { StartFailure } from '../lifecycle/states.js';
import { schemaOf } from './plugin-role.js';
import { runAs } from './running.js';

/** Connections a plugin may hold in one server process. */
const POOL_SIZE = 2;

/** Where a database is, and who somebody is there. */
export type Login = Pick<ClientConfig, 'host' | 'port' | 'database' | 'user' | 'ssl'> & { readonly password?: string };

/** The same place and person as an open data source. */
export function loginOf(dataSource: DataSource): Login {
  const { host, port, database, user, password, ssl } = clientConfigOf(dataSource, 'alcove');
  return { host, port, database, user, ssl, ...(typeof password === 'string' ? { password } : {}) };
}

/** A small pool that sees the plugin's schema first. Throws `StartFailure`. */
export async function pluginDataSource(
  pluginId: string,
  definition: PluginDefinition,
  login: Login,
): Promise<DataSource> {
  const schema = schemaOf(pluginId);
  const dataSource = new DataSource({
    type: 'postgres',
    host: login.host,
    port: login.port,
    ssl: login.ssl as PostgresDataSourceOptions['ssl'],
    database: login.database,
    username: login.user,
    password: login.password,
    schema,
    entities: [...(definition.entities ?? [])],
    migrations: [...(definition.migrations ?? [])],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    applicationName: `alcove ${pluginId}`,
    poolSize: POOL_SIZE,
    connectTimeoutMS: 5_000,
    extra: { options: `-c search_path=${schema} -c statement_timeout=15000`, idleTimeoutMillis: 30_000 },
    logging: false,
    logger: SILENT,
  });
  try {
    return await runAs(pluginId, () => dataSource.initialize());
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    const gone = /ECONNREFUSED|ENOENT|ETIMEDOUT|terminat|starting up|shutting down/i.test(String(error));
    throw gone
      ? new StartFailure('retrying', 'database', detailOf(error), { cause: error })
      : new StartFailure('quarantined', 'entities', detailOf(error), { cause: error });
  }
}

/** TypeORM prints failed migrations whatever it is told; the failure is thrown as well, and that is where it is reported from. */
const SILENT: Logger = {
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
  logMigration: () => undefined,
  log: () => undefined,
};
