import { randomBytes } from 'node:crypto';
import type { PluginDefinition, PluginManifest } from '@alcove/sdk';
import { DataSource, type DataSourceOptions } from 'typeorm';

/** `TEST_POSTGRES`: connection of a PostgreSQL in which tests may make databases, as JSON. */
interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export const hasTestPostgres = (): boolean => Boolean(process.env.TEST_POSTGRES);

/** An empty database with the plugin's schema and the plugin's own connection to it. */
export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly schema: string;
  close(): Promise<void>;
}

/** Migrations have not run yet. Throws without `TEST_POSTGRES`. */
export async function testDatabase(manifest: PluginManifest, definition: PluginDefinition): Promise<TestDatabase> {
  const server = JSON.parse(process.env.TEST_POSTGRES ?? 'null') as Server | null;
  if (!server) throw new Error('TEST_POSTGRES is not set');
  const name = `kit_${randomBytes(6).toString('hex')}`;
  const admin = await connect(server, { database: server.database });
  await admin.query(`CREATE DATABASE ${name}`);
  const schema = `plugin_${manifest.id.replaceAll('-', '_')}`;
  const dataSource = await connect(server, {
    database: name,
    schema,
    entities: [...(definition.entities ?? [])],
    migrations: [...(definition.migrations ?? [])],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'all',
    poolSize: 2,
    extra: { options: `-c search_path=${schema}` },
  });
  await dataSource.query(`CREATE SCHEMA ${schema}`);
  return {
    dataSource,
    schema,
    close: async () => {
      await dataSource.destroy();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.destroy();
    },
  };
}

const connect = ({ host, port, user, password }: Server, options: Partial<DataSourceOptions>): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    host,
    port,
    username: user,
    password,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    ...options,
  } as DataSourceOptions).initialize();

/** Tables that exist outside the plugin's own schema. */
export async function strayTables({ dataSource, schema }: TestDatabase): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema', $1)`,
    [schema],
  );
  return rows.map((row) => row.name);
}

/** Statements that would still be needed to bring the tables to what the entities say. */
export async function drift({ dataSource }: TestDatabase): Promise<string[]> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}
