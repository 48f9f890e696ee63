import { defineErrors } from '../../platform/errors/domain-error.js';

export const ENCOUNTER_ERRORS = defineErrors({
  'encounters.not-admitted': { status: 409, message: 'The clinician has not opened the door yet.' },
  'encounters.ended': { status: 409, message: 'This session has ended.' },
  'encounters.cancelled': { status: 409, message: 'This session was cancelled.' },
  'encounters.too-early': { status: 409, message: 'The door to this session is not open yet.' },
  'encounters.in-office': { status: 409, message: 'This session takes place in the office.' },
  'encounters.removed': { status: 409, message: 'The clinician has asked this device to stay outside.' },
  'encounters.replaced': { status: 409, message: 'The session goes on on another device.' },
  'encounters.too-many-devices': { status: 429, message: 'This link waits on too many devices already.' },
  'encounters.arrival-gone': { status: 409, message: 'That person is not waiting any more.' },
  'encounters.video-unavailable': { status: 503, message: 'The video connection is not available right now.' },
});
