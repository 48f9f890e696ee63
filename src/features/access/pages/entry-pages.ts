import type { Request, Response } from 'express';
import { page, type Page } from '../../../platform/views/page.js';
import { slowDownView } from './sign-in.view.js';

/** After the session was started the request itself still has no principal, so the way on comes from what was stored. */
export function onwards(request: Request, next: string | null): string {
  return next ?? request.session.started?.home ?? '/';
}

/** The page for too many tries: says how long, and that nothing is lost. */
export function slowDown(response: Response, seconds: number): Page {
  response.setHeader('Retry-After', String(seconds));
  return page('access/slow-down', slowDownView(seconds), {
    layout: 'entry',
    title: 'access:slow-down.title',
    status: 429,
  });
}
