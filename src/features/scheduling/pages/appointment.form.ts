import { IsIn, IsUUID, Matches, ValidateBy } from 'class-validator';
import {
  CANCEL_REASONS,
  MAX_MINUTES,
  MIN_MINUTES,
  MODALITIES,
  SERVICES,
  type CancelReason,
  type Modality,
  type Service,
} from '../appointment.model.js';
import { isDay, isTime } from '../wall-time.js';

const holds = (name: string, validate: (value: unknown) => boolean, message: string) =>
  ValidateBy({ name, validator: { validate } }, { message });

const isLength = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{1,3}$/.test(value) && Number(value) >= MIN_MINUTES && Number(value) <= MAX_MINUTES;

/** When: as typed, in the zone that stands beside the field. */
export class TimeForm {
  @holds('day', isDay, 'scheduling:fault.day')
  day: string;

  @holds('time', isTime, 'scheduling:fault.time')
  time: string;

  @holds('minutes', isLength, 'scheduling:fault.minutes')
  minutes: string;
}

export class BookForm extends TimeForm {
  @IsUUID(undefined, { message: 'scheduling:fault.client' })
  clientId: string;

  @IsUUID(undefined, { message: 'scheduling:fault.clinician' })
  clinicianId: string;

  @IsIn(SERVICES, { message: 'scheduling:fault.service' })
  service: Service;

  @IsIn(MODALITIES as Modality[], { message: 'scheduling:fault.modality' })
  modality: Modality;
}

export class MoveForm extends TimeForm {
  @Matches(/^\d{1,9}$/, { message: 'scheduling:fault.version' })
  version: string;
}

export class CancelForm {
  @IsIn(CANCEL_REASONS, { message: 'scheduling:fault.reason' })
  reason: CancelReason;

  @Matches(/^\d{1,9}$/, { message: 'scheduling:fault.version' })
  version: string;
}

/** Whose link. */
export class LinkForm {
  @IsUUID(undefined, { message: 'scheduling:fault.client' })
  clientId: string;
}

export class NewLinkForm extends LinkForm {
  /** Of the link that is on the page: pressed again, or after a reload, the newer one is left alone. */
  @Matches(/^\d{1,9}$/, { message: 'scheduling:fault.version' })
  version: string;
}

const PICK = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})$/;

/**
 * A button that offers another time sends the whole form along with `pick`; the time picked replaces the one typed, and everything
 * else stays as it was.
 */
export function withPick(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { pick, ...rest } = body as Record<string, unknown>;
  const match = typeof pick === 'string' ? PICK.exec(pick) : null;
  return match ? { ...rest, day: match[1], time: match[2] } : rest;
}
