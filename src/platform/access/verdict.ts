import type { RoutePolicy } from '@alcove/sdk';
import { can, type Principal } from './principal.js';

/**
 * `pass`; `sign-in` (nobody there); `second-factor` (signing in is not finished: a code or a second factor is missing); `prove-again`
 * (allowed, but the proof of who they are is too old for this route); `hidden` (answers like unknown).
 */
export type Verdict = 'pass' | 'sign-in' | 'second-factor' | 'prove-again' | 'hidden';

/** How long a proof counts for routes with `FreshAccess`. In milliseconds. */
export const FRESH_FOR = 5 * 60_000;

export interface Caller {
  readonly principal?: Principal;
  readonly secondFactorPending: boolean;
  readonly now: Date;
}

/**
 * May this caller use a route with this policy? Pure, so that the core's guard and the plugins' guard cannot differ. A missing policy
 * hides the route: the boot refuses it anyway, and a guard must not depend on that.
 */
export function verdict(policy: RoutePolicy | undefined, caller: Caller): Verdict {
  if (!policy) return 'hidden';
  const { principal } = caller;
  // What anybody may open is for people and providers too: a key opens what is made for keys and nothing else.
  if (policy.kind !== 'access') return principal?.kind === 'service' ? 'hidden' : 'pass';
  if (!principal) return caller.secondFactorPending ? 'second-factor' : 'sign-in';
  // And people never get there with a cookie.
  if ((principal.kind === 'service') !== (policy.keys ?? false)) return 'hidden';
  if (!policy.anyOf.some((key) => can(principal, key))) return 'hidden';
  return policy.fresh && !isFresh(principal, caller.now) ? 'prove-again' : 'pass';
}

/** True while the person's last proof of who they are is young enough. A moment in the future is none. */
export function isFresh(who: Pick<Principal, 'provedAt'>, now: Date): boolean {
  if (!who.provedAt) return false;
  const age = now.getTime() - who.provedAt.getTime();
  return age >= 0 && age < FRESH_FOR;
}
