import pg from 'pg';
import { DataSource, type DataSourceOptions, type EntitySchema } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { DatabaseConfig } from '../config/database.config.js';
import type { ConnectionSettings, TlsSettings } from './connection-settings.js';

type EntityClass = abstract new (...args: never[]) => object;

/** Limits of the pool, in milliseconds and connections. */
export type PoolLimits = Pick<DatabaseConfig, 'poolMax' | 'connectTimeoutMs' | 'statementTimeoutMs'>;

export interface OpenOptions {
  readonly settings: ConnectionSettings;
  readonly limits: PoolLimits;
  readonly entities?: readonly (EntityClass | EntitySchema)[];
  /** Shown in `pg_stat_activity`. */
  readonly applicationName?: string;
  /** Told when an idle connection breaks; the pool replaces it by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** Options of the server's one pool. Nothing is synchronised or logged by the ORM: statements carry values. */
export function dataSourceOptions(options: OpenOptions): DataSourceOptions {
  const { settings, limits } = options;
  return {
    type: 'postgres',
    host: settings.host,
    port: settings.port,
    username: settings.user,
    password: settings.password,
    database: settings.database,
    ssl: settings.ssl,
    entities: [...(options.entities ?? [])],
    synchronize: false,
    migrationsRun: false,
    logging: false,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolSize: limits.poolMax,
    connectTimeoutMS: limits.connectTimeoutMs,
    applicationName: options.applicationName ?? 'alcove',
    poolErrorHandler: options.onConnectionLost ?? (() => undefined),
    extra: {
      statement_timeout: limits.statementTimeoutMs,
      // The server's own limit comes first; this one ends the wait for a server that does not answer at all.
      query_timeout: limits.statementTimeoutMs + 1_000,
      idle_in_transaction_session_timeout: limits.statementTimeoutMs * 2,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    },
  };
}

/** Opens the pool and proves it with one connection. */
export const openDataSource = (options: OpenOptions): Promise<DataSource> =>
  new DataSource(dataSourceOptions(options)).initialize();

/** The same database for a connection of one's own: LISTEN, advisory locks, a backup. */
export function clientConfigOf(dataSource: DataSource, applicationName: string): pg.ClientConfig {
  const { options } = dataSource;
  if (options.type !== 'postgres') throw new Error('the data source is not PostgreSQL');
  const { host, port, username, password, database, ssl, connectTimeoutMS } = options;
  return {
    host,
    port,
    user: username,
    password,
    database,
    ssl: (ssl ?? false) as boolean | TlsSettings,
    connectionTimeoutMillis: connectTimeoutMS,
    application_name: applicationName,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** TypeORM's own pg pool, for named statements and figures. */
export const poolOf = (dataSource: DataSource): pg.Pool => (dataSource.driver as PostgresDriver).master as pg.Pool;
