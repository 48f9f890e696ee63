import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from '../create-app.js';
import { MIGRATIONS } from '../migrations.js';
import { openGroundOn } from '../open-ground.js';
import type { Config } from '../platform/config/config.js';
import { pendingMigrations } from '../platform/database/migrate.js';
import { createLog } from '../platform/logging/log.js';
import { FatalError } from '../platform/process/fatal.js';
import { existingKeyRing } from './key-ring.js';
import { withDatabase } from './with-database.js';

/**
 * Runs `work` with the services of the application, beside a running server or without one. Nothing is started: no routes, no jobs, no
 * sealing of the audit; those are the server's. Ends the process with `work`'s exit code.
 */
export async function withApplication(
  config: Config,
  work: (app: Pick<NestExpressApplication, 'get'>) => Promise<number>,
): Promise<void> {
  const keys = await existingKeyRing(config);
  await withDatabase(config, { make: false }, async ({ dataSource, settings }) => {
    if ((await pendingMigrations(dataSource, MIGRATIONS)).length > 0)
      throw new FatalError('The database is not up to date. Run alcove migrate first.');
    const ground = await openGroundOn(config, settings, undefined, keys);
    try {
      const log = createLog({ level: 'silent' });
      return await work(await createApp({ ...ground, log }));
    } finally {
      await ground.dataSource.destroy();
    }
  });
}
