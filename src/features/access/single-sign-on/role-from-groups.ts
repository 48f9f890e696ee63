import type { StaffRole } from '../roles/permissions.js';

/** Which role counts when somebody is in several mapped groups: the first of these. */
export const ROLE_ORDER: readonly StaffRole[] = ['owner', 'supervisor', 'clinician', 'scheduler', 'biller', 'it-admin'];

export type RoleDecision =
  { readonly kind: 'keep' } | { readonly kind: 'become'; readonly role: StaffRole } | { readonly kind: 'refuse' };

/**
 * What somebody's groups make of their role. Somebody becomes owner only by a group that says owner; an owner stops being one by groups
 * only when some group says owner and they are in none that does.
 *
 * @param mapping group to role
 * @param present the account's role; null for somebody without an account, who is never made an owner here
 * @param groupsDecide true: who is in no mapped group does not come in
 */
export function roleFromGroups(
  groups: readonly string[],
  mapping: ReadonlyMap<string, StaffRole>,
  present: StaffRole | null,
  groupsDecide: boolean,
): RoleDecision {
  const roles = new Set(groups.map((group) => mapping.get(group)));
  const highest = ROLE_ORDER.find((role) => roles.has(role));
  if (present === null) return highest && highest !== 'owner' ? { kind: 'become', role: highest } : { kind: 'refuse' };
  if (!highest) return groupsDecide ? { kind: 'refuse' } : { kind: 'keep' };
  if (highest === present) return { kind: 'keep' };
  const ownersByGroup = [...mapping.values()].includes('owner');
  if (present === 'owner' && !ownersByGroup) return { kind: 'keep' };
  return { kind: 'become', role: highest };
}
