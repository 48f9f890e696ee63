import { POLICY, type RoutePolicy } from '@alcove/sdk';
import type { Route } from '../../../src/platform/http/route-table.js';
import {
  CALLERS,
  parseRow,
  printRow,
  type AccessMatrix,
  type Caller,
  type Outcome,
  type Row,
} from './access-matrix.js';
import type { MatrixWorld } from './matrix-world.js';

export const nameOf = (route: Pick<Route, 'method' | 'path'>): string => `${route.method} ${route.path}`;

/** Routes that end the caller's own session; asked last, or every later cell would be a visitor's. */
const LAST = ['POST /sign-out'];
const inOrder = (routes: readonly Route[]): Route[] =>
  [...routes].sort((a, b) => LAST.indexOf(nameOf(a)) - LAST.indexOf(nameOf(b)));

/** What the application does against what was reviewed: one line per difference, none when all is as it should be. */
export async function differences(world: MatrixWorld, matrix: AccessMatrix): Promise<string[]> {
  const routes = inOrder(world.routes());
  const found = routes.flatMap((route) => (nameOf(route) in matrix.routes ? [] : [route]));
  const live = new Set(routes.map(nameOf));
  const gone = Object.keys(matrix.routes).filter((name) => !live.has(name));
  const lines = gone.map((name) => `${name} is in access-matrix.json and not in the application`);
  for (const route of routes.filter((one) => nameOf(one) in matrix.routes)) {
    const expected = parseRow(nameOf(route), matrix.routes[nameOf(route)]);
    for (const caller of CALLERS) {
      const outcome = await world.ask(route, caller);
      if (outcome !== expected[caller])
        lines.push(`${nameOf(route)} as ${caller}: ${outcome} instead of ${expected[caller]}`);
    }
  }
  for (const route of found) {
    const row = {} as Record<Caller, Outcome>;
    for (const caller of CALLERS) row[caller] = await world.ask(route, caller);
    lines.push(`${nameOf(route)} is not in access-matrix.json; review and add:\n${printRow(nameOf(route), row)}`);
  }
  return lines;
}

/** A route whose guard was taken away or weakened. */
export interface Mutant {
  readonly name: string;
  readonly route: Route;
  readonly policy: RoutePolicy;
}

/** Each guarded route as public, and, where it asks for more than being signed in, as open to everybody who is. */
export function mutantsOf(routes: readonly Route[]): Mutant[] {
  return inOrder(routes).flatMap((route) => {
    const { policy } = route;
    if (policy?.kind !== 'access') return [];
    const open: Mutant = { name: `${nameOf(route)} made public`, route, policy: { kind: 'public', reason: 'mutant' } };
    const weak: Mutant = {
      name: `${nameOf(route)} for everybody signed in`,
      route,
      policy: { kind: 'access', anyOf: ['account:self'] },
    };
    return policy.anyOf.includes('account:self') ? [open] : [open, weak];
  });
}

/** True when some cell of the route's row tells the mutant from the real thing. The real policy is back afterwards. */
export async function isNoticed(world: MatrixWorld, mutant: Mutant, expected: Row): Promise<boolean> {
  const { route } = mutant;
  Reflect.defineMetadata(POLICY, mutant.policy, route.target);
  try {
    for (const caller of CALLERS) if ((await world.ask(route, caller)) !== expected[caller]) return true;
    return false;
  } finally {
    Reflect.defineMetadata(POLICY, route.policy, route.target);
  }
}
