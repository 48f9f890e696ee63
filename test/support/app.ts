import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from '../../src/create-app.js';
import type { AccessOptions } from '../../src/features/access/public.js';
import { Kernel } from '../../src/kernel/kernel.js';
import type { KernelOptions } from '../../src/kernel/kernel.options.js';
import { openGroundOn } from '../../src/open-ground.js';
import { loadConfig } from '../../src/platform/config/load-config.js';
import { newKeyRing, type KeyRing } from '../../src/platform/crypto/key-ring.js';
import { parseDatabaseUrl } from '../../src/platform/database/connection-settings.js';
import { createLog } from '../../src/platform/logging/log.js';
import { freshDatabase } from './database.js';
import { freePort } from './free-port.js';
import { ResponseLint } from './response-lint.js';

/** The whole application in this process, on a database of its own, listening on loopback. */
export interface BootedApp {
  readonly app: NestExpressApplication;
  readonly url: string;
  /** As the owner of the database. The application itself works as the runtime user, without rights on tables. */
  readonly databaseUrl: string;
  readonly keys: KeyRing;
  /** Every answer was looked at; `close` throws when one had a wrong head. */
  readonly lint: ResponseLint;
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
  /** Where log lines go, and how many; nothing but fatal ones to the console by default. */
  readonly log?: Parameters<typeof createLog>[0];
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
  const ground = await openGroundOn(config, parseDatabaseUrl(databaseUrl), undefined, keys);
  const log = createLog(options.log ?? { level: config.log.level });
  const app = await createApp(
    { ...ground, log },
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
  const lint = new ResponseLint({ secure: config.http.origin.startsWith('https:') }).watch(app.getHttpServer());
  await app.listen(port, '127.0.0.1');
  return {
    app,
    lint,
    url: config.http.origin,
    databaseUrl,
    keys,
    close: async () => {
      await kernel.stop();
      app.getHttpServer().closeAllConnections();
      await app.close();
      await ground.dataSource.destroy();
      await database?.close();
      rmSync(folder, { recursive: true, force: true });
      lint.assert();
    },
  };
}
