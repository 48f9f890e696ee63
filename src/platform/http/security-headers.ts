import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';
import './request.js';

/** Where browsers send reports of blocked content. */
export const CSP_REPORTS = '/csp-reports';

const NOTHING_BUT_MEDIA =
  'camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), screen-wake-lock=(self), autoplay=(self), ' +
  'geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), accelerometer=(), gyroscope=(), magnetometer=()';

/**
 * The headers of every answer: nothing is loaded from anywhere else, nothing inline runs, nobody may frame us, nothing is cached.
 * The nonce is new for each response and in base64url, because templates escape `=`.
 *
 * @param origin scheme, host and port people use; decides HSTS and names the WebSocket address for browsers whose `'self'` leaves it out
 */
export function securityHeaders(origin: string): RequestHandler[] {
  const secure = origin.startsWith('https:');
  const nonce = (_: IncomingMessage, response: ServerResponse): string =>
    `'nonce-${(response as Response).locals.nonce as string}'`;
  return [
    (request, response, next) => {
      request.nonce = randomBytes(16).toString('base64url');
      response.locals.nonce = request.nonce;
      response.set({
        'Permissions-Policy': NOTHING_BUT_MEDIA,
        'Cache-Control': 'no-store',
        'Reporting-Endpoints': `csp="${CSP_REPORTS}"`,
      });
      next();
    },
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'", nonce],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'blob:', 'data:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'", origin.replace(/^http/, 'ws')],
          mediaSrc: ["'self'", 'blob:'],
          workerSrc: ["'self'"],
          manifestSrc: ["'self'"],
          formAction: ["'self'"],
          baseUri: ["'none'"],
          objectSrc: ["'none'"],
          frameSrc: ["'none'"],
          frameAncestors: ["'none'"],
          reportUri: [CSP_REPORTS],
          reportTo: ['csp'],
        },
      },
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      crossOriginEmbedderPolicy: false,
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: secure ? { maxAge: 63_072_000, includeSubDomains: true } : false,
    }),
  ];
}
