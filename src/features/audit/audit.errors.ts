import { defineErrors } from '../../platform/errors/domain-error.js';

export const AUDIT_ERRORS = defineErrors({
  'audit.own-act': { status: 409, message: 'Another reviewer decides about your own acts.' },
  'audit.decided-already': { status: 409, message: 'Somebody has decided this already.' },
  'audit.signed-already': { status: 409, message: 'This week is signed already.' },
});
