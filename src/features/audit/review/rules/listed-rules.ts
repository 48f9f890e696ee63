import type { Act, Rule, RuleId } from '../act.js';
import { each } from './tally.js';

/** Kinds of acts that are always looked at: rare, and each of them has a reason somebody can state. */
const listed = (id: RuleId, byClient: boolean, matches: (act: Act) => boolean): Rule => ({
  id,
  begin: () => each(id, byClient, (act) => act.actorKind !== 'system' && act.outcome === 'ok' && matches(act)),
});

/** Data left the practice. */
export const exported = listed('export', false, (act) => act.group === 'left');

/** Emergency access to a chart. */
export const emergency = listed('emergency', true, (act) => act.action === 'emergency.open');

const ROLES =
  /^(?:account\.(?:role|create|invite|suspend|restore|close|clear-factors|recovery-approve)|role\.|permission\.|sign-on\.)/;

/** Somebody got other rights than before. */
export const rolesChanged = listed('roles-changed', false, (act) => ROLES.test(act.action));

const KEYS = /^(?:kit\.|keys?\.|program\.|secret\.|plugin\.settings)/;

/** A key or a secret was shown, made or used. */
export const keysUsed = listed('keys-used', false, (act) => KEYS.test(act.action));
