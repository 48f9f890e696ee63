import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PluginDefinition } from '@alcove/sdk';
import type { Pool, PoolConfig } from 'pg';
import { DataSource, type Logger, type QueryRunner } from 'typeorm';
import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Vault } from '../../platform/crypto/vault.js';
import { detailOf } from '../lifecycle/detail.js';
import { StartFailure } from '../lifecycle/states.js';
import { runAs } from './running.js';

/** Connections a plugin may hold in one server process. */
const POOL_SIZE = 2;

export interface PluginDataSource {
  readonly dataSource: DataSource;
  /** False where the database user may not create roles: then the wall between plugins is made of good manners. */
  readonly ownRole: boolean;
}

export const schemaOf = (pluginId: string): string => `plugin_${pluginId.replaceAll('-', '_')}`;

/** Roles belong to a whole PostgreSQL server, so the database's name is part of theirs. 63 bytes at most. */
export function roleOf(database: string, pluginId: string): string {
  const name = `${database}_${schemaOf(pluginId)}`;
  if (Buffer.byteLength(name) <= 63) return name;
  return `${schemaOf(pluginId).slice(0, 46)}_${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

/** Gives each plugin that stores something a schema, a role and a small connection pool of its own, and runs its migrations. */
@Injectable()
export class PluginDatabase {
  /** One plugin at a time, so that starting many never takes more than one connection of the core's pool. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly core: DataSource,
    private readonly vault: Vault,
  ) {}

  /** Undefined for a plugin that declares neither entities nor migrations. Throws `StartFailure`. */
  async open(pluginId: string, definition: PluginDefinition): Promise<PluginDataSource | undefined> {
    if (!definition.entities?.length && !definition.migrations?.length) return undefined;
    const mine = this.turn.then(() => this.prepare(pluginId, definition));
    this.turn = mine.catch(() => undefined);
    return mine;
  }

  private async prepare(pluginId: string, definition: PluginDefinition): Promise<PluginDataSource> {
    const runner = this.core.createQueryRunner();
    try {
      // Held by the session: two server processes never prepare or migrate the same plugin at once.
      await runner.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`alcove:plugin:${pluginId}`]);
      try {
        return await this.prepareLocked(runner, pluginId, definition);
      } finally {
        await runner.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [`alcove:plugin:${pluginId}`]);
      }
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw new StartFailure('retrying', 'database', detailOf(error), { cause: error });
    } finally {
      await runner.release();
    }
  }

  private async prepareLocked(
    runner: QueryRunner,
    pluginId: string,
    definition: PluginDefinition,
  ): Promise<PluginDataSource> {
    const schema = schemaOf(pluginId);
    const role = await this.ensureRole(runner, pluginId);
    const made = await ensureSchema(runner, schema, role?.name);
    const dataSource = await this.connect(pluginId, definition, role);
    try {
      await runAs(pluginId, () => dataSource.runMigrations({ transaction: 'all' }));
    } catch (error) {
      await dataSource.destroy();
      if (made) await runner.query(`DROP SCHEMA ${quote(schema)} CASCADE`);
      throw new StartFailure('quarantined', 'migration', detailOf(error), { cause: error });
    }
    return { dataSource, ownRole: role !== undefined };
  }

  private async connect(pluginId: string, definition: PluginDefinition, role?: Role): Promise<DataSource> {
    const schema = schemaOf(pluginId);
    const { host, port, user, password, database, ssl } = this.coreConnection();
    const dataSource = new DataSource({
      type: 'postgres',
      host,
      port,
      ssl: ssl as PostgresDataSourceOptions['ssl'],
      database,
      username: role?.name ?? user,
      password: role?.password ?? (typeof password === 'string' ? password : undefined),
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

  /** The plugin's login role, made or brought up to date; undefined where this user may not create roles. */
  private async ensureRole(runner: QueryRunner, pluginId: string): Promise<Role | undefined> {
    const [me] = (await runner.query(
      `SELECT rolsuper AS super, rolcreaterole AS create, current_database() AS database, current_user AS name,
              current_setting('server_version_num')::int AS version
       FROM pg_roles WHERE rolname = current_user`,
    )) as [{ super: boolean; create: boolean; database: string; name: string; version: number }];
    if (!me.super && !me.create) return undefined;
    const name = roleOf(me.database, pluginId);
    const password = this.vault.derive(`plugin-db:${pluginId}`).toString('hex');
    const [{ there }] = (await runner.query('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS there', [
      name,
    ])) as [{ there: boolean }];
    // The server gets a verifier, never the password itself: statements may be logged.
    const login = `LOGIN PASSWORD '${scramVerifier(password)}'`;
    // Only a role that has an attribute itself may change it in another (PostgreSQL 16 on), so they are set once, when it is made.
    await runner.query(
      there
        ? `ALTER ROLE ${quote(name)} ${login}`
        : `CREATE ROLE ${quote(name)} NOCREATEDB NOCREATEROLE NOINHERIT ${login}`,
    );
    // From PostgreSQL 16 on, whoever creates a role is not thereby allowed to act as it.
    if (!me.super)
      await runner.query(`GRANT ${quote(name)} TO CURRENT_USER${me.version >= 160_000 ? ' WITH SET TRUE' : ''}`);
    return { name, password };
  }

  private coreConnection(): PoolConfig {
    return ((this.core.driver as PostgresDriver).master as Pool).options;
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

interface Role {
  readonly name: string;
  readonly password: string;
}

/** True when the schema was made just now. */
async function ensureSchema(runner: QueryRunner, schema: string, owner?: string): Promise<boolean> {
  const [{ there }] = (await runner.query('SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS there', [
    schema,
  ])) as [{ there: boolean }];
  if (there) return false;
  await runner.query(`CREATE SCHEMA ${quote(schema)}${owner ? ` AUTHORIZATION ${quote(owner)}` : ''}`);
  return true;
}

/** What PostgreSQL stores of a password (RFC 5803). */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

const quote = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
