import type { Route } from '../../../src/platform/http/route-table.js';

/** Who may call a route, in words for people. */
function who(route: Route): string {
  const { policy } = route;
  if (policy?.kind === 'public') return `anybody: ${policy.reason}`;
  if (policy?.kind === 'webhook') return `the provider of \`${policy.slot}\``;
  const keys = (policy?.anyOf ?? []).map((key) => `\`${key}\``).join(' or ');
  if (policy?.keys) return `${keys} (API key)`;
  return policy?.background ? `${keys} (no activity)` : keys;
}

/** The table of `docs/reference/routes.md` for the routes of the running application. */
export const routeLines = (routes: readonly Route[]): string[] =>
  routes.map((route) => `| \`${route.method} ${route.path}\` | ${who(route)} |`);
