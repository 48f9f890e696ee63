import { Injectable } from '@nestjs/common';
import type { PluginDefinition } from '@alcove/sdk';
import { DataSource, type QueryRunner } from 'typeorm';
import { Vault } from '../../platform/crypto/vault.js';
import { OwnerDatabase } from '../../platform/database/owner-database.js';
import { quoted } from '../../platform/database/roles/identifiers.js';
import { detailOf } from '../lifecycle/detail.js';
import { StartFailure } from '../lifecycle/states.js';
import { loginOf, pluginDataSource, type Login } from './plugin-data-source.js';
import { ensurePluginRole, ensurePluginSchema, grantPluginSchema, schemaOf } from './plugin-role.js';
import { runAs } from './running.js';

export interface PluginDataSource {
  readonly dataSource: DataSource;
  /** False where the owner of the database may not create roles: then the wall between plugins is made of good manners. */
  readonly ownRole: boolean;
}

/**
 * Gives each plugin that stores something a schema, a role and a small connection pool of its own, and runs its migrations. Schemas and
 * roles are made as the owner of the database, on a connection that lives as long as that takes.
 */
@Injectable()
export class PluginDatabase {
  /** One plugin at a time, so that starting many never takes more than one connection of the owner. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly core: DataSource,
    private readonly owner: OwnerDatabase,
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
    try {
      return await this.owner.use(`plugin ${pluginId}`, async (owner) => {
        const runner = owner.createQueryRunner();
        try {
          // Held by the session: two server processes never prepare or migrate the same plugin at once.
          await runner.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`alcove:plugin:${pluginId}`]);
          return await this.prepareLocked(runner, pluginId, definition);
        } finally {
          await runner.release();
        }
      });
    } catch (error) {
      if (error instanceof StartFailure) throw error;
      throw new StartFailure('retrying', 'database', detailOf(error), { cause: error });
    }
  }

  private async prepareLocked(
    runner: QueryRunner,
    pluginId: string,
    definition: PluginDefinition,
  ): Promise<PluginDataSource> {
    const owner = loginOf(runner.connection);
    const password = this.vault.derive(`plugin-db:${pluginId}`).toString('hex');
    const role = await ensurePluginRole(runner, pluginId, password);
    const made = await ensurePluginSchema(runner, pluginId, role);
    const migrator = role ? { ...owner, user: role, password } : owner;
    const dataSource = await pluginDataSource(pluginId, definition, migrator);
    try {
      await runAs(pluginId, () => dataSource.runMigrations({ transaction: 'all' }));
    } catch (error) {
      await dataSource.destroy();
      if (made) await runner.query(`DROP SCHEMA ${quoted(schemaOf(pluginId))} CASCADE`);
      throw new StartFailure('quarantined', 'migration', detailOf(error), { cause: error });
    }
    if (role) return { dataSource, ownRole: true };
    return { dataSource: await this.shared(runner, dataSource, pluginId, definition), ownRole: false };
  }

  /** Without a role of its own a plugin works as the server does: never as the owner, where that is another. */
  private async shared(
    runner: QueryRunner,
    migrated: DataSource,
    pluginId: string,
    definition: PluginDefinition,
  ): Promise<DataSource> {
    const server: Login = loginOf(this.core);
    if (server.user === loginOf(migrated).user) return migrated;
    await migrated.destroy();
    const [{ role }] = (await this.core.query('SELECT current_user::text AS role')) as [{ role: string }];
    await grantPluginSchema(runner, pluginId, role);
    return pluginDataSource(pluginId, definition, server);
  }
}
