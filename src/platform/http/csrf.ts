import { doubleCsrf, type DoubleCsrfUtilities } from 'csrf-csrf';
import { parseCookie } from 'cookie';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { DomainError } from '../errors/domain-error.js';
import { cookieName } from './session.js';

export interface CsrfOptions {
  /** From `vault.derive('csrf')`, so that every process accepts every other's tokens. */
  readonly secret: Buffer;
  /** Where people reach the site, e.g. `https://care.example.org`; decides the cookie's name and Secure. */
  readonly baseUrl: string;
  /** Requests a machine makes (webhooks); their provider verifies them. */
  readonly exempt: (request: Request) => boolean;
}

export interface Csrf {
  /** Mount after sessions and body parsers. */
  readonly middleware: RequestHandler;
  /** The token for the hidden `_csrf` field of this response; sets its cookie when needed. */
  readonly token: (request: Request, response: Response) => string;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** The bodies our pages send. `text/plain` is what a foreign form can send without asking. */
const BODIES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'];

/**
 * Three walls in front of every change: where the browser says the request comes from, the kind of its body, and a token bound to the
 * session. Signing in and out included.
 */
export function createCsrf(options: CsrfOptions): Csrf {
  const secure = options.baseUrl.startsWith('https:');
  const site = new URL(options.baseUrl).host;
  const double = doubleCsrf({
    getSecret: () => options.secret.toString('base64url'),
    getSessionIdentifier: (request) => request.signedIn?.ref ?? 'anonymous',
    cookieName: cookieName('csrf', secure),
    cookieOptions: { path: '/', httpOnly: true, sameSite: 'lax', secure },
    getCsrfTokenFromRequest: tokenOf,
  });

  return {
    middleware: (request: Request, _response: Response, next: NextFunction): void => {
      request.cookies ??= parseCookie(request.headers.cookie ?? '');
      if (SAFE.has(request.method) || options.exempt(request)) next();
      else
        next(isOurs(request, site) && isBodyOfOurs(request) && double.validateRequest(request) ? undefined : refused());
    },
    token: (request, response) => tokenFor(double, request, response),
  };
}

const refused = (): DomainError => new DomainError('request-refused');

/** One token and at most one Set-Cookie per response, however many forms the page has. */
function tokenFor(double: DoubleCsrfUtilities, request: Request, response: Response): string {
  request.cookies ??= parseCookie(request.headers.cookie ?? '');
  const locals = response.locals as { csrf?: string };
  locals.csrf ??= double.generateCsrfToken(request, response);
  return locals.csrf;
}

function tokenOf(request: Request): string | undefined {
  const header = request.headers['x-csrf-token'];
  if (typeof header === 'string') return header;
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null) return undefined;
  const field: unknown = (body as Record<string, unknown>)._csrf;
  return typeof field === 'string' ? field : undefined;
}

/** What the browser says about itself; a page of another site cannot write these headers. Absent ones prove nothing either way. */
function isOurs(request: Request, site: string): boolean {
  const fetchSite = request.get('sec-fetch-site');
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return false;
  const origin = request.get('origin');
  // Our own pages forbid referrers, and browsers then send `null` with their forms: as good as no word at all.
  if (origin === undefined || origin === 'null') return true;
  if (!URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === site || host === request.get('host');
}

function isBodyOfOurs(request: Request): boolean {
  const type = request.get('content-type');
  if (type === undefined) return Number(request.get('content-length') ?? 0) === 0 && !request.get('transfer-encoding');
  return BODIES.includes(type.split(';')[0].trim().toLowerCase());
}
