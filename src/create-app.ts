import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import { accessEntities, accessMiddleware, csrfOf, type AccessOptions } from './features/access/public.js';
import { encountersEntities } from './features/encounters/encounters.entities.js';
import { peopleEntities } from './features/people/people.entities.js';
import { practiceEntities } from './features/practice/practice.entity.js';
import { schedulingEntities } from './features/scheduling/appointment.entities.js';
import type { KernelOptions } from './kernel/kernel.options.js';
import { Kernel } from './kernel/kernel.js';
import { clientAddress } from './platform/http/request-facts.js';
import { mountPipeline } from './platform/http/pipeline.js';
import { NestLog } from './platform/logging/nest-log.js';
import type { Ground } from './platform/platform.module.js';

/** The folder of the installation, from `src` and `dist` alike. */
export const ROOT = path.join(import.meta.dirname, '..');

export const ENTITIES = [
  ...accessEntities,
  ...practiceEntities,
  ...peopleEntities,
  ...schedulingEntities,
  ...encountersEntities,
];

/** Plugins that work on a new installation without anybody enabling them. */
const ENABLED_BY_DEFAULT = ['video-direct', 'example-hello'];

/**
 * The application on an open, migrated database with its pipeline mounted; not initialised, not listening.
 * @param kernel what differs from the usual: other plugin folders, no watchdog (tests)
 * @param access what differs from the usual: a second factor that is only offered (demo, tests)
 */
export async function createApp(
  ground: Ground,
  kernel: Partial<KernelOptions> = {},
  access: AccessOptions = { staffSecondFactor: 'required' },
): Promise<NestExpressApplication> {
  const { config } = ground;
  const proxies = config.http.trustedProxies;
  const kernelOptions: KernelOptions = {
    dataDir: config.data.folder,
    pluginRoots: [path.join(ROOT, 'plugins')],
    enabledByDefault: ENABLED_BY_DEFAULT,
    safeMode: config.runtime.safeMode,
    baseUrl: config.http.baseUrl ?? undefined,
    clientIp: (request) => clientAddress(request, proxies),
    ...kernel,
  };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(ground, kernelOptions, access), {
    bodyParser: false,
    logger: new NestLog(ground.log),
    abortOnError: false,
  });
  const { origin } = config.http;
  mountPipeline(app, {
    access: accessMiddleware(app, { secure: origin.startsWith('https:') }),
    csrf: csrfOf(app, { baseUrl: origin }),
    mountPlugins: (server) => app.get(Kernel).mount(server),
  });
  return app;
}
