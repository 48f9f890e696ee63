import { defineErrors } from '../../platform/errors/domain-error.js';

export const PEOPLE_ERRORS = defineErrors({
  'people.unknown-zone': { status: 422, message: 'This is not the name of a time zone.' },
  'people.birth-date': { status: 422, message: 'This is not a birth date: it is in the future or does not exist.' },
  'people.emergency-limit': {
    status: 409,
    message: 'Three charts are open to you in this way. Close one before you open another.',
  },
  'people.emergency-reason': { status: 422, message: 'Say why, in a full sentence, and for how long.' },
  'people.emergency-refused': { status: 422, message: 'No chart was opened for this number.' },
  'people.clinician-unknown': { status: 422, message: 'There is no such clinician at work in this practice.' },
});
