import { createHash } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { Request, Response } from 'express';
import { cookieName } from '../../../platform/http/session.js';

/** Longer than any link lives: 30 minutes before, the session, 12 hours after. */
const MAX_AGE_MS = 36 * 3_600_000;

/** One cookie per link, so that several doors can be open in one browser. The name tells nothing: a hash of the link's id. */
export const doorCookieName = (linkId: string, secure: boolean): string =>
  cookieName(`door-${createHash('sha256').update(linkId).digest('hex').slice(0, 16)}`, secure);

export function readDoorCookie(request: Request, linkId: string, secure: boolean): string | undefined {
  const value = parseCookie(request.headers.cookie ?? '')[doorCookieName(linkId, secure)];
  return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
}

/** `Lax`, because people come from the link in their mail. */
export function setDoorCookie(response: Response, linkId: string, secret: string, secure: boolean): void {
  response.cookie(doorCookieName(linkId, secure), secret, {
    httpOnly: true,
    sameSite: 'lax',
    secure,
    path: '/',
    maxAge: MAX_AGE_MS,
  });
}
