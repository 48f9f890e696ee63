import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type Express, type RequestHandler } from 'express';
import { Assets } from '../assets/assets.js';
import { assetsHandler } from '../assets/assets-handler.js';
import { HttpConfig } from '../config/http.config.js';
import { Metrics } from '../health/metrics.js';
import { LOG, type Log } from '../logging/log.js';
import type { Csrf } from './csrf.js';
import { PageRenderer } from './page-renderer.js';
import { requestFacts } from './request-facts.js';
import { requestLimits } from './request-limits.js';
import { securityHeaders } from './security-headers.js';

/** Forms of ours are far smaller; notes and uploads will name limits of their own. */
const BODY_LIMIT = '256kb';

export interface PipelineParts {
  /** Sets the principal; from the access feature. */
  readonly access: RequestHandler;
  readonly csrf: Csrf;
  /** Mounts the plugins' routes behind all of this. */
  readonly mountPlugins: (app: Express) => void;
}

/** Everything that stands in front of a handler, in the order it must stand. Call before the application is initialised. */
export function mountPipeline(app: NestExpressApplication, parts: PipelineParts): void {
  const http = app.get(HttpConfig);
  const server = app.getHttpAdapter().getInstance();
  server.disable('x-powered-by');
  server.set('etag', false);
  server.set('query parser', 'simple');
  server.set('trust proxy', http.trustedProxies);
  server.use(requestFacts({ proxies: http.trustedProxies, log: app.get<Log>(LOG), metrics: app.get(Metrics) }));
  server.use(securityHeaders(http.origin));
  server.use(assetsHandler(app.get(Assets)));
  server.use(requestLimits());
  server.use(parts.access);
  server.use(express.urlencoded({ extended: false, limit: BODY_LIMIT, parameterLimit: 500 }));
  server.use(
    express.json({
      limit: BODY_LIMIT,
      type: ['application/json', 'application/csp-report', 'application/reports+json'],
    }),
  );
  server.use(parts.csrf.middleware);
  server.use((request, response, next) => {
    // Forms in plugins' panels carry the core's token.
    request.csrfToken = () => parts.csrf.token(request, response);
    next();
  });
  parts.mountPlugins(server);
  app.get(PageRenderer).useCsrf(parts.csrf.token);
}
