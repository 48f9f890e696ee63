import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import type { Metrics } from '../health/metrics.js';
import type { Log } from '../logging/log.js';
import './request.js';

/**
 * The client's address: with `proxies` trusted ones in front, the entry that the outermost of them wrote into X-Forwarded-For; what
 * a client put there itself stands further left and is never read.
 */
export function clientAddress(request: IncomingMessage, proxies: number): string {
  const peer = request.socket.remoteAddress ?? '';
  if (proxies === 0) return plain(peer);
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return plain([...forwarded, peer].at(-1 - proxies) ?? forwarded[0] ?? peer);
}

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

/** Gives each request an id and its client's address, and leaves one log line and one measurement when it is answered. */
export function requestFacts(options: { proxies: number; log: Log; metrics: Metrics }): RequestHandler {
  return (request, response, next) => {
    request.requestId = randomBytes(16).toString('hex');
    request.clientIp = clientAddress(request, options.proxies);
    response.set('X-Request-Id', request.requestId);
    const began = performance.now();
    response.once('finish', () => {
      const seconds = (performance.now() - began) / 1_000;
      const route = routePattern(request);
      const labels = { method: request.method, route, status: `${Math.trunc(response.statusCode / 100)}xx` };
      options.metrics.requests.observe(labels, seconds);
      const line = {
        requestId: request.requestId,
        method: request.method,
        route,
        status: response.statusCode,
        ms: Math.round(seconds * 1_000),
      };
      if (response.statusCode >= 500) options.log.warn(line, 'answered');
      else options.log.info(line, 'answered');
    });
    next();
  };
}

/** The pattern that matched (`/clients/:id`), never the path itself: paths carry ids and session links. */
function routePattern(request: Request): string {
  const route = request.route as { path?: unknown } | undefined;
  if (typeof route?.path === 'string') return `${request.baseUrl.startsWith('/p/') ? '/p/:plugin' : ''}${route.path}`;
  if (request.path.startsWith('/assets/')) return '/assets/*';
  return 'unmatched';
}
