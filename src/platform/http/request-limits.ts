import type { Request, RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError } from '../errors/domain-error.js';
import { networkOf } from './network-of.js';
import './request.js';

/** Requests from one network in a minute, in one process, by what they are for. Far above what people do. */
export const REQUESTS_PER_MINUTE = {
  /** Signing in, recovering, first run: forms only. */
  entering: 120,
  /** Session links, pages and forms. */
  door: 900,
  /** Programs with a key. */
  api: 1_200,
  /** Every other form. */
  form: 600,
} as const;
export type RouteClass = keyof typeof REQUESTS_PER_MINUTE;

const ENTERING = /^\/(sign-in|setup|account\/again)(\/|$)/;

/** What a request counts as; undefined for pages that only show something to somebody signed in. */
export function routeClassOf({ method, path }: Pick<Request, 'method' | 'path'>): RouteClass | undefined {
  if (path.startsWith('/j/')) return 'door';
  if (path.startsWith('/api/')) return 'api';
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
  return ENTERING.test(path) ? 'entering' : 'form';
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1)$/;

/**
 * Keeps one network from taking the server for itself. Counted in this process only: it is about load, while tries to sign in are
 * counted in the database. Loopback is not counted: that is this machine, or a proxy that hides who asks. Mount after `clientIp` is set.
 *
 * Answers 429 `too-many-requests` with `Retry-After`.
 */
export function requestLimits(): RequestHandler {
  const limiters = new Map<RouteClass, RateLimiterMemory>();
  for (const [name, points] of Object.entries(REQUESTS_PER_MINUTE))
    limiters.set(name as RouteClass, new RateLimiterMemory({ keyPrefix: name, points, duration: 60 }));
  return (request, _response, next) => {
    const name = routeClassOf(request);
    const limiter = name && limiters.get(name);
    if (!limiter || LOOPBACK.test(request.clientIp)) {
      next();
      return;
    }
    limiter.consume(networkOf(request.clientIp)).then(
      () => next(),
      (refusal: unknown) => next(refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal),
    );
  };
}

const tooMany = ({ msBeforeNext }: RateLimiterRes): DomainError =>
  new DomainError('too-many-requests', { retryAfter: Math.max(1, Math.ceil(msBeforeNext / 1_000)) });
