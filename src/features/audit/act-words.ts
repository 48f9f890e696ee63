import { ROLES } from '../../platform/access/principal.js';
import { isKnownAction } from './actions.js';

/** i18n key of what an action is in plain words; `audit:other`, which takes `action`, for one that only a plugin knows. */
export const didKey = (action: string): string => (isKnownAction(action) ? `audit:did.${action}` : 'audit:other');

/** i18n key of a role as it is stored, or null for none and for one that is not a role any more. */
export const roleKey = (role: string | null): string | null =>
  ROLES.some((known) => known === role) ? `access:role.${role}` : null;
