import { defineErrors } from '../../platform/errors/domain-error.js';

export const PRACTICE_ERRORS = defineErrors({
  'practice.exists': { status: 409, message: 'This server already has its practice.' },
  'practice.missing': { status: 503, message: 'The practice has not been set up yet.' },
  'practice.unknown-zone': { status: 422, message: 'This is not the name of a time zone.' },
});
