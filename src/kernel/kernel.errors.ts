import { defineErrors } from '../platform/errors/domain-error.js';

export const KERNEL_ERRORS = defineErrors({
  'plugin.unavailable': { status: 503, message: 'This part is not running at the moment. Everything else works.' },
  'plugin.not-startable': { status: 409, message: 'This plugin cannot be started as it is.' },
});
