import type { RoutePolicy } from '@alcove/sdk';
import { can, type Principal } from './principal.js';

/** `pass`, `sign-in` (nobody there), `second-factor` (the password was right, the code is missing), `hidden` (answers like unknown). */
export type Verdict = 'pass' | 'sign-in' | 'second-factor' | 'hidden';

/**
 * May this caller use a route with this policy? Pure, so that the core's guard and the plugins' guard cannot differ. A missing policy
 * hides the route: the boot refuses it anyway, and a guard must not depend on that.
 */
export function verdict(
  policy: RoutePolicy | undefined,
  caller: { readonly principal?: Principal; readonly secondFactorPending: boolean },
): Verdict {
  if (!policy) return 'hidden';
  if (policy.kind !== 'access') return 'pass';
  const { principal } = caller;
  if (principal) return policy.anyOf.some((key) => can(principal, key)) ? 'pass' : 'hidden';
  return caller.secondFactorPending ? 'second-factor' : 'sign-in';
}
