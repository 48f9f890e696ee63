import type { Rule } from '../act.js';
import { colleagueChart, notInCare, ownChart, sameSurname } from './chart-rules.js';
import { emergency, exported, keysUsed, rolesChanged } from './listed-rules.js';
import { afterHours, bulk, refusals, signInFailures } from './pattern-rules.js';

/** What a week is looked through for, in the order a reviewer meets it. */
export const REVIEW_RULES: readonly Rule[] = [
  emergency,
  ownChart,
  colleagueChart,
  sameSurname,
  notInCare,
  bulk,
  exported,
  afterHours,
  refusals,
  signInFailures,
  rolesChanged,
  keysUsed,
];
