import { readFileSync } from 'node:fs';
import type { PluginManifest } from '@alcove/sdk';
import { bootPlugin, pluginContract, testDatabase, videoContract } from '@alcove/testkit';
import { DirectVideoProvider } from '../src/direct-video.provider.js';

pluginContract(import.meta.url, () => import('../src/index.js'));

videoContract(async () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { alcove: manifest } = JSON.parse(text) as { alcove: PluginManifest };
  const { default: definition } = await import('../src/index.js');
  const database = await testDatabase(manifest, definition);
  await database.dataSource.runMigrations({ transaction: 'all' });
  const booted = await bootPlugin(manifest, definition, { dataSource: database.dataSource });
  return {
    provider: booted.context.get(DirectVideoProvider),
    close: async () => {
      await booted.close();
      await database.close();
    },
  };
});
