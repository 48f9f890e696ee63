import {
  IsEmail,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { isTimeZone } from '../../practice/public.js';
import { isBirthDate } from '../age.js';
import { CLIENT_STATUSES, type ClientStatus, type PersonInput } from '../people.model.js';
import { phoneDigits } from '../person-vault.js';

const given = (_: object, value: unknown): boolean => value !== undefined && value !== '';
const Given = () => ValidateIf(given);

const holds = (name: string, validate: (value: unknown) => boolean, message: string) =>
  ValidateBy({ name, validator: { validate } }, { message });

/** Who a client is, as typed. Only the legal name and the zone are needed to begin. */
export class ClientForm {
  @IsString({ message: 'people:fault.legal-name' })
  @MinLength(1, { message: 'people:fault.legal-name' })
  @MaxLength(200, { message: 'people:fault.too-long' })
  legalName: string;

  @IsOptional()
  @MaxLength(200, { message: 'people:fault.too-long' })
  chosenName?: string;

  @IsOptional()
  @MaxLength(60, { message: 'people:fault.too-long' })
  pronouns?: string;

  @Given()
  @holds('birthDate', (value) => typeof value === 'string' && isBirthDate(value, new Date()), 'people:fault.birth-date')
  birthDate?: string;

  @Given()
  @IsEmail({}, { message: 'people:fault.email' })
  @MaxLength(254, { message: 'people:fault.too-long' })
  email?: string;

  @Given()
  @Matches(/^[+()\d\s./-]{5,40}$/, { message: 'people:fault.phone' })
  @holds('phoneDigits', (value) => phoneDigits(String(value)).length >= 7, 'people:fault.phone')
  phone?: string;

  @holds('timeZone', isTimeZone, 'people:fault.time-zone')
  timeZone: string;

  @IsOptional()
  @MaxLength(36, { message: 'people:fault.clinician' })
  clinicianId?: string;
}

export class ClientDetailsForm extends ClientForm {
  @IsIn(CLIENT_STATUSES as string[], { message: 'people:fault.status' })
  status: ClientStatus;
}

/** The form as the service takes it: what was left empty is nothing. */
export const personOf = (form: ClientForm): PersonInput => ({
  legalName: form.legalName,
  chosenName: form.chosenName || null,
  pronouns: form.pronouns || null,
  birthDate: form.birthDate || null,
  email: form.email || null,
  phone: form.phone || null,
  timeZone: form.timeZone,
});
