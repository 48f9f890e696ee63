import { defineErrors, DomainError } from '../errors/domain-error.js';

export const CRYPTO_ERRORS = defineErrors({
  'keys-missing': {
    status: 500,
    message:
      'The database holds encrypted data but there is no key file. Put the file back, or make it again from the recovery kit.',
  },
  'keys-unreadable': { status: 500, message: 'The key file cannot be read or written.' },
  'keys-open-to-others': {
    status: 500,
    message: 'The key file can be read by other users of this machine. Make it yours alone: chmod 600.',
  },
  'keys-malformed': { status: 500, message: 'The key ring is not in the form this version writes.' },
  'keys-wrong': { status: 500, message: 'These keys are not the ones the data of this database was encrypted with.' },
  'keys-fixed': {
    status: 500,
    message: 'The key ring comes from the environment, so this server cannot change it. Change it where it is set.',
  },
  'keys-in-use': { status: 409, message: 'Some data keys still need an older master key. Rewrap them first.' },
  'sealed-value-damaged': { status: 500, message: 'An encrypted value does not open: it was changed, moved or cut.' },
  'kit-invalid': { status: 422, message: 'The recovery kit has a typing mistake.' },
});

/** A key ring error for the operator's console: one line that ends with the file (or variable) it is about. */
export function keyRingError(code: keyof typeof CRYPTO_ERRORS, where: string, cause?: unknown): DomainError {
  const error = new DomainError(CRYPTO_ERRORS[code], { where }, { cause });
  error.message += ` (${where})`;
  return error;
}
