import type { Request } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import type { I18n, WordValues } from '../../../platform/i18n/i18n.js';

/** Turns an i18n key into words of the reader's language. */
export type Say = (key: string, values?: WordValues) => string;

/** Who reads a page: the language its view model is written in. */
export interface Reader {
  readonly locale: string;
  readonly say: Say;
}

export function readerOf(i18n: I18n, who: Principal, request: Request): Reader {
  const locale = i18n.negotiate(who.locale, request.headers['accept-language']);
  return { locale, say: (key, values) => i18n.t(locale, key, values) };
}
