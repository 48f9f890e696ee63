import type { BootedApp } from '../../../support/app.js';
import { RouteTable, type Route } from '../../../../src/platform/http/route-table.js';

/** Every route of the running application, so that a new one is covered by being there. Signing out comes last. */
export const routesOf = ({ app }: BootedApp): Route[] =>
  app
    .get(RouteTable, { strict: false })
    .routes()
    .filter(({ path }) => path !== '/sign-out');

export const UNKNOWN_ID = '01990000-dead-7000-8000-000000000000';

/** The path with something in the place of each parameter: an id of nothing for ids, a word for others. */
export const filled = (path: string, value?: string): string =>
  path
    .split('/')
    .map((part) => {
      if (!part.startsWith(':') && !part.startsWith('*')) return part;
      if (value !== undefined) return encodeURIComponent(value);
      return /id$|ref$/i.test(part) ? UNKNOWN_ID : 'nothing-is-called-this';
    })
    .join('/');

export const isStream = (path: string): boolean => path.endsWith('/live');
