import type { NestExpressApplication } from '@nestjs/platform-express';
import { createApp } from './create-app.js';
import { prepareDemo } from './demo/demo.js';
import { SetupService } from './features/access/public.js';
import { Kernel } from './kernel/kernel.js';
import { openGroundOn } from './open-ground.js';
import type { Config } from './platform/config/config.js';
import { loadConfig } from './platform/config/load-config.js';
import { assertReachable } from './platform/database/connect-error.js';
import { configuredRuntime, externalDatabase, startDatabase } from './platform/database/database-server.js';
import { HealthRegistry } from './platform/health/health.js';
import { createLog, type Log } from './platform/logging/log.js';
import type { Ground } from './platform/platform.module.js';
import { checkDataFolder, prepareDataFolder } from './platform/process/data-folder.js';
import { takeDataFolder } from './platform/process/data-lock.js';
import { watchParents } from './platform/process/parent-watch.js';
import { assertPortFree, listenError } from './platform/process/port.js';
import { Shutdown } from './platform/process/shutdown.js';
import { releaseYoungSpace } from './platform/process/young-space.js';

export interface ServerOptions {
  /** Seeds the synthetic practice and prints who can sign in. */
  readonly demo: boolean;
  /** False for a worker: background work without HTTP. */
  readonly listen?: boolean;
}

/** Runs the server until it is told to end; every failure on the way is one clear line and an exit code that is not 0. */
export async function runServer(options: ServerOptions): Promise<void> {
  const shutdown = new Shutdown();
  shutdown.listen();
  watchParents(() => void shutdown.end(0));
  try {
    await start(options, shutdown);
  } catch (error) {
    await shutdown.fail(error);
  }
}

async function start({ demo, listen = true }: ServerOptions, shutdown: Shutdown): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLog({ level: demo && !process.env.ALCOVE_LOG_LEVEL ? 'warn' : config.log.level });
  for (const warning of config.warnings) log.warn(warning);
  const ground = await openGround(config, log, shutdown, listen);

  const app = await createApp(
    ground,
    { watchdog: {}, onFatal: (error) => void shutdown.fail(error) },
    { staffSecondFactor: demo ? 'offered' : 'required' },
  );
  const kernel = app.get(Kernel);
  shutdown.onShutdown('the server', () => app.close(), 15_000);
  await app.init();
  shutdown.onShutdown('the plugins', () => kernel.stop());
  await kernel.start();
  const lines = demo ? await prepareDemo(app, config) : [];
  if (listen) {
    await openDoors(app, config);
    shutdown.onShutdown('new visitors', () => app.get(HealthRegistry).beginStopping());
  }
  await announce(app, config, lines);
  releaseYoungSpace();
}

/** Everything that must be right before anything is made, then the database, the keys and the schema. */
async function openGround(config: Config, log: Log, shutdown: Shutdown, listen: boolean): Promise<Ground> {
  checkDataFolder(config.data.folder);
  if (listen) await assertPortFree(config.http.host, config.http.port);
  const external = externalDatabase(config);
  if (external) await assertReachable(external);
  // Read before anything is made: a wrong address of the runtime user is a wrong setting like others.
  configuredRuntime(config);
  prepareDataFolder(config.data.folder);
  shutdown.onShutdown('the data directory', await takeDataFolder(config.data.folder, 'server'));

  const database = await startDatabase(config, (line) => log.warn(line));
  shutdown.onShutdown('the database', () => database.stop(), 30_000);
  const onConnectionLost = (error: Error): void => log.warn({ err: error }, 'database: an idle connection broke');
  const ground = await openGroundOn(config, database.settings, onConnectionLost);
  shutdown.onShutdown('the connections', () => ground.dataSource.destroy());
  for (const warning of ground.warnings) log.warn(warning);
  return { ...ground, log };
}

async function openDoors(app: NestExpressApplication, { http }: Config): Promise<void> {
  const server = app.getHttpServer();
  const kernel = app.get(Kernel);
  // Longer than any balancer keeps an idle connection, so that it is never us who closes one that is about to be used.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 60_000;
  server.on('upgrade', (request, socket, head) => {
    if (!kernel.upgrade(request, socket, head)) socket.destroy();
  });
  try {
    await app.listen(http.port, http.host);
  } catch (error) {
    throw listenError(error, http.host, http.port);
  }
}

async function announce(app: NestExpressApplication, { http }: Config, demoLines: readonly string[]): Promise<void> {
  const invitation = await app.get(SetupService).invitation(http.origin);
  const lines = [`Alcove is ready at ${http.origin}`, ...(invitation ? [invitation] : []), ...demoLines];
  process.stdout.write(`${lines.join('\n')}\n`);
}
