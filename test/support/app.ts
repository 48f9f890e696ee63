import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp, ENTITIES } from '../../src/create-app.js';
import type { AccessOptions } from '../../src/features/access/public.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { KernelOptions } from '../../src/kernel/kernel.options.js';
import { MIGRATIONS } from '../../src/migrations.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { checkKeyRing } from '../../src/platform/crypto/key-check.js';
import { KeyRingHolder } from '../../src/platform/crypto/key-ring.holder.js';
import { newKeyRing, type KeyRing } from '../../src/platform/crypto/key-ring.js';
import { parseDatabaseUrl } from '../../src/platform/database/connection-settings.js';
import { openDataSource } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { createLog } from '../../src/platform/logging/log.js';
import { freshDatabase } from './database.js';
import { freePort } from './free-port.js';

/** The whole application in this process, on a database of its own, listening on loopback. */
export interface BootedApp {
  readonly app: NestExpressApplication;
  readonly url: string;
  readonly databaseUrl: string;
  readonly keys: KeyRing;
  close(): Promise<void>;
}

export interface BootOptions {
  /** An existing database with its keys: a second process beside the first. */
  readonly beside?: Pick<BootedApp, 'databaseUrl' | 'keys'>;
  /** By default no plugin is found: whoever needs one names the folder. */
  readonly kernel?: Partial<KernelOptions>;
  readonly env?: Readonly<Record<string, string>>;
  /** As in production when `required`; most tests sign in with a password alone. */
  readonly staffSecondFactor?: AccessOptions['staffSecondFactor'];
}

export async function bootApp(options: BootOptions = {}): Promise<BootedApp> {
  const database = options.beside ? undefined : await freshDatabase();
  const databaseUrl = options.beside?.databaseUrl ?? database?.url ?? '';
  const keys = options.beside?.keys ?? newKeyRing();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'alcove-app-'));
  const port = await freePort();
  const config = loadConfig({
    PORT: String(port),
    ALCOVE_DATA_DIR: folder,
    DATABASE_URL: databaseUrl,
    ALCOVE_LOG_LEVEL: 'fatal',
    NODE_ENV: 'test',
    ...options.env,
  });
  const dataSource = await openDataSource({
    settings: parseDatabaseUrl(databaseUrl),
    limits: config.database,
    entities: ENTITIES,
  });
  await migrate(dataSource, MIGRATIONS);
  await checkKeyRing(dataSource, keys);
  const holder = new KeyRingHolder(keys, { file: config.data.file('keys.json') });
  const log = createLog({ level: config.log.level });
  const app = await createApp(
    { config, dataSource, keys: holder, log },
    { pluginRoots: [], ...options.kernel },
    {
      staffSecondFactor: options.staffSecondFactor ?? 'offered',
    },
  );
  await app.init();
  const kernel = app.get(Kernel);
  await kernel.start();
  app.getHttpServer().on('upgrade', (request, socket, head) => {
    if (!kernel.upgrade(request, socket, head)) socket.destroy();
  });
  await app.listen(port, '127.0.0.1');
  return {
    app,
    url: config.http.origin,
    databaseUrl,
    keys,
    close: async () => {
      await kernel.stop();
      app.getHttpServer().closeAllConnections();
      await app.close();
      await dataSource.destroy();
      await database?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
