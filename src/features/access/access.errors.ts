import { defineErrors } from '../../platform/errors/domain-error.js';

/** Errors of signing in and of accounts. */
export const ACCESS_ERRORS = defineErrors({
  'access.slow-down': { status: 429, message: 'Too many tries. Wait a little and try again.' },
  'access.busy': { status: 503, message: 'Many people are signing in right now. Try again in a moment.' },
  'access.email-taken': { status: 409, message: 'Somebody already signs in with this email.' },
  'access.last-owner': { status: 409, message: 'A practice needs at least one owner who can sign in.' },
  'access.not-yourself': { status: 409, message: 'You cannot change your own role or suspend yourself.' },
});
