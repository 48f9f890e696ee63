import { defineErrors } from '../errors/domain-error.js';

/** Errors of calls to other servers. Their details hold a purpose and a reason; never an address, a body or a secret. */
export const EGRESS_ERRORS = defineErrors({
  'egress.refused': { status: 502, message: 'The server may not call that address.' },
  'egress.unreachable': { status: 502, message: 'The other server could not be reached.' },
  'egress.slow': { status: 504, message: 'The other server did not answer in time.' },
  'egress.too-large': { status: 502, message: 'The answer of the other server was larger than allowed.' },
  'egress.unreadable': { status: 502, message: 'The answer of the other server could not be read.' },
});
