import { defineErrors } from '../../platform/errors/domain-error.js';

/** Errors of the versioned API. */
export const API_ERRORS = defineErrors({
  'api.parameter': { status: 400, message: 'A parameter does not have the form this address takes.' },
});
