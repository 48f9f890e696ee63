import { HttpException, HttpStatus } from '@nestjs/common';

/**
 * Ends a request with `303 See Other`. The exception filter answers it with `response.redirect(303, error.location)`.
 * `location` is always a path of this site.
 */
export class SeeOther extends HttpException {
  constructor(readonly location: string) {
    super('see other', HttpStatus.SEE_OTHER);
  }
}

/** Longest `next` that is carried through a sign-in, in characters. */
const LONGEST = 512;
/** Only ever joined with a path to see where a browser would go; `.invalid` never resolves. */
const HERE = 'http://here.invalid';

/**
 * The path to go on to after signing in, or `undefined` when `wanted` is not a plain path of this site. Whatever a browser would
 * read as another origin (`//x`, `/\x`, `https:`, control characters, an encoded slash in front) is refused, not repaired.
 */
export function sameSitePath(wanted: unknown): string | undefined {
  if (typeof wanted !== 'string' || wanted.length > LONGEST) return undefined;
  if (!/^\/(?![/\\])[\w\-.~!$&'()*+,;=:@%/?]*$/.test(wanted)) return undefined;
  // A path that only becomes `//host` after decoding is refused too: a proxy in between may decode.
  if (/^\/(%2f|%5c|%09|%0a|%0d|\.)/i.test(wanted) || wanted.includes('//') || /%(00|0a|0d|5c)/i.test(wanted))
    return undefined;
  if (!URL.canParse(wanted, HERE)) return undefined;
  const url = new URL(wanted, HERE);
  if (url.origin !== HERE || url.pathname.startsWith('//')) return undefined;
  if (
    url.pathname === '/sign-in' ||
    url.pathname.startsWith('/sign-in/') ||
    url.pathname === '/sign-out' ||
    url.pathname === '/account/again'
  )
    return undefined;
  return url.pathname + url.search;
}

/** Where to send somebody who must sign in first. */
export function signInPath(next: string | undefined): string {
  const path = sameSitePath(next);
  return path === undefined || path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`;
}

/** Where to send somebody whose proof of who they are is too old for the page they opened. */
export function againPath(next: string | undefined): string {
  const path = sameSitePath(next);
  return path === undefined ? '/account/again' : `/account/again?next=${encodeURIComponent(path)}`;
}
