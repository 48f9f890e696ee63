import { DomainError } from '../../../platform/errors/domain-error.js';
import type { FormErrors } from '../../../platform/http/form.js';

/** What went wrong with a time that had the right form, as the form shows it. */
export interface BookingFault {
  readonly status: 409 | 422;
  readonly errors: FormErrors;
  readonly taken: boolean;
  readonly changed: boolean;
}

const FAULTS: Readonly<Record<string, BookingFault>> = {
  'scheduling.slot-taken': fault(409, { time: 'scheduling:fault.taken' }, { taken: true }),
  'changed-meanwhile': fault(409, {}, { changed: true }),
  // Cancelled or over since the page was opened: the page as it is now says so.
  'scheduling.not-changeable': fault(409, {}, { changed: true }),
  'scheduling.in-the-past': fault(422, { day: 'scheduling:fault.past' }),
  'scheduling.length': fault(422, { minutes: 'scheduling:fault.minutes' }),
  'scheduling.time-unknown': fault(422, { time: 'scheduling:fault.time' }),
  'scheduling.clinician-unknown': fault(422, { clinicianId: 'scheduling:fault.clinician' }),
};

/** The fault of a coded error that a form can answer; any other error goes on. */
export function bookingFault(error: unknown): BookingFault {
  const known = error instanceof DomainError ? FAULTS[error.code] : undefined;
  if (!known) throw error;
  return known;
}

function fault(status: 409 | 422, errors: FormErrors, kind: { taken?: boolean; changed?: boolean } = {}): BookingFault {
  return { status, errors, taken: kind.taken ?? false, changed: kind.changed ?? false };
}
