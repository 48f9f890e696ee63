import { defineErrors } from '../../platform/errors/domain-error.js';

export const PEOPLE_ERRORS = defineErrors({
  'people.unknown-zone': { status: 422, message: 'This is not the name of a time zone.' },
  'people.birth-date': { status: 422, message: 'This is not a birth date: it is in the future or does not exist.' },
  'people.clinician-unknown': { status: 422, message: 'There is no such clinician at work in this practice.' },
});
