import { defineErrors } from '../../platform/errors/domain-error.js';

/** Errors of signing in and of accounts. */
export const ACCESS_ERRORS = defineErrors({
  'access.slow-down': { status: 429, message: 'Too many tries. Wait a little and try again.' },
  'access.busy': { status: 503, message: 'Many people are signing in right now. Try again in a moment.' },
  'access.email-taken': { status: 409, message: 'Somebody already signs in with this email.' },
  'access.last-owner': { status: 409, message: 'A practice needs at least one owner who can sign in.' },
  'access.not-yourself': { status: 409, message: 'You cannot change your own role or suspend yourself.' },
  'access.not-for-role': { status: 422, message: 'This role can never be given that permission.' },
  'access.scope-refused': {
    status: 422,
    message: 'A key can only be given scopes that exist and that you hold yourself.',
  },
  'access.key-lifetime': { status: 422, message: 'A key lives for at least one day and at most 366.' },
  'access.key-slow-down': {
    status: 429,
    message: 'Too many requests with this key or from this network. Wait a little.',
  },
  'access.program-ended': { status: 409, message: 'This program has been ended and gets no more keys.' },
  'access.many-passkeys': {
    status: 409,
    message: 'This account has as many passkeys as it can have. Remove one first.',
  },
  'access.last-factor': { status: 409, message: 'People who work here keep a second factor. Add another one first.' },
  'access.last-way': {
    status: 409,
    message: 'Without this passkey nothing would open this account. Set a password first.',
  },
  'access.password-alone': {
    status: 409,
    message: 'Without a second factor the password stands alone. Show first that it is long enough.',
  },
  'access.has-account': { status: 409, message: 'This person has an account already.' },
  'access.second-person': { status: 409, message: 'A second person has to look at this, not the one who opened it.' },
  'access.link-closed': { status: 404, message: 'This link does not open anything any more. Ask for a new one.' },
  'access.prove-again': {
    status: 403,
    message: 'Show first that it is you. Scripts find the page for it in HX-Redirect.',
  },
});
