import { defineErrors } from '../../../platform/errors/domain-error.js';

/** Errors of single sign-on. */
export const SIGN_ON_ERRORS = defineErrors({
  'sign-on.unreachable': { status: 503, message: 'The sign-in service cannot be reached at the moment.' },
  'sign-on.rejected': { status: 403, message: 'The answer of the sign-in service does not count.' },
  'sign-on.only-way-in': {
    status: 409,
    message: 'This is the only way into the account. Set a password or a passkey first.',
  },
  'sign-on.no-groups': { status: 409, message: 'No group leads to a role yet, so nobody could sign in.' },
});
