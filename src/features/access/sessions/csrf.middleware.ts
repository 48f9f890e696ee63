import type { INestApplication } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { Vault } from '../../../platform/crypto/vault.js';
import { createCsrf, type Csrf } from '../../../platform/http/csrf.js';
import { RouteTable } from '../../../platform/http/route-table.js';

/**
 * The CSRF wall of a running application: mount `middleware` after the sessions and the body parsers, give `token` to the page context.
 *
 * @param options.isPluginWebhook says whether a path under `/p/` is a plugin's webhook; by default none is
 */
export function csrfOf(
  app: INestApplication,
  options: { baseUrl: string; isPluginWebhook?: (method: string, path: string) => boolean },
): Csrf {
  const routes = app.get(RouteTable, { strict: false });
  const plugin = options.isPluginWebhook ?? (() => false);
  return createCsrf({
    secret: app.get(Vault, { strict: false }).derive('csrf'),
    baseUrl: options.baseUrl,
    exempt: (request) =>
      routes.isWebhook(request.method, request.path) ||
      plugin(request.method, request.path) ||
      // A key is sent on purpose, by a program; no page of another site can make a browser send one.
      request.principal?.kind === 'service',
  });
}

/** Only the middleware, for a pipeline that renders no forms. */
export const csrfMiddleware = (app: INestApplication, options: { baseUrl: string }): RequestHandler =>
  csrfOf(app, options).middleware;
