import { defineErrors } from '../../platform/errors/domain-error.js';

export const SCHEDULING_ERRORS = defineErrors({
  'scheduling.slot-taken': { status: 409, message: 'Somebody who has to be there is taken at this time.' },
  'scheduling.in-the-past': { status: 422, message: 'This time is over.' },
  'scheduling.length': { status: 422, message: 'An appointment takes 5 to 480 minutes.' },
  'scheduling.time-unknown': { status: 422, message: 'This day or time does not exist.' },
  'scheduling.not-changeable': { status: 409, message: 'This appointment is over or cancelled and cannot be changed.' },
  'scheduling.clinician-unknown': { status: 422, message: 'There is no such clinician at work in this practice.' },
});
