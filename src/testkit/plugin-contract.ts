import assert from 'node:assert/strict';
import { definitionFaults, type PluginDefinition } from '@alcove/sdk';
import { bootPlugin } from './boot.js';
import { importEffects } from './import-rules.js';
import type { MemoryHostOptions } from './memory-host.js';
import { packageFaults } from './package-rules.js';
import { pluginFolder } from './plugin-folder.js';
import { runner } from './runner.js';
import { drift, hasTestPostgres, strayTables, testDatabase } from './test-database.js';
import { viewFaults } from './view-rules.js';

export { bootPlugin, type BootedPlugin } from './boot.js';
export { testDatabase, type TestDatabase } from './test-database.js';

export interface PluginContractOptions {
  /** Settings without which the plugin does not start. */
  readonly settings?: MemoryHostOptions['settings'];
}

/**
 * The tests every plugin must pass.
 *
 * @param testUrl `import.meta.url` of a test file inside the plugin's folder
 * @param load imports the plugin's entry
 * @example
 * ```ts
 * import { pluginContract } from '@alcove/testkit';
 *
 * pluginContract(import.meta.url, () => import('../src/index.js'));
 * ```
 */
export function pluginContract(
  testUrl: string,
  load: () => Promise<{ readonly default: PluginDefinition }>,
  options: PluginContractOptions = {},
): void {
  const folder = pluginFolder(testUrl);
  const { manifest } = folder;
  const { describe, it } = runner();

  describe(`the plugin ${manifest.id}`, () => {
    // First, while the module has not been loaded by another test.
    it('is imported without side effects', async () => assert.deepEqual(await importEffects(load), []));

    it('has a package.json that a server takes', () => assert.deepEqual(packageFaults(folder), []));

    it('does in code what its manifest says', async () => {
      assert.deepEqual(definitionFaults(manifest, (await load()).default), []);
    });

    it('has views that compile, show nothing raw, and words for what they say', async () => {
      assert.deepEqual(viewFaults(folder, (await load()).default), []);
    });

    it('says on every route who may call it, starts and ends cleanly', async () => {
      const { default: definition } = await load();
      await onHost(definition, async (database) => {
        const booted = await bootPlugin(manifest, definition, { settings: options.settings, dataSource: database });
        assert.deepEqual(booted.policyFaults(), []);
        for (const token of Object.values(definition.provides ?? {})) booted.context.get(token);
        await booted.close();
      });
    });

    it('keeps to its own schema, and its migrations make what its entities say', async () => {
      const { default: definition } = await load();
      if (!hasTestPostgres() || !stores(definition)) return;
      const database = await testDatabase(manifest, definition);
      try {
        await database.dataSource.runMigrations({ transaction: 'all' });
        assert.deepEqual(await strayTables(database), []);
        assert.deepEqual(await drift(database), []);
      } finally {
        await database.close();
      }
    });
  });

  /** With a migrated database where the plugin stores something; then `TEST_POSTGRES` must be set. */
  async function onHost(
    definition: PluginDefinition,
    use: (dataSource?: Awaited<ReturnType<typeof testDatabase>>['dataSource']) => Promise<void>,
  ): Promise<void> {
    if (!stores(definition)) return use();
    const database = await testDatabase(manifest, definition);
    try {
      await database.dataSource.runMigrations({ transaction: 'all' });
      await use(database.dataSource);
    } finally {
      await database.close();
    }
  }
}

const stores = (definition: PluginDefinition): boolean =>
  (definition.entities?.length ?? 0) + (definition.migrations?.length ?? 0) > 0;
