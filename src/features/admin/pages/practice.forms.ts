import {
  IsEmail,
  IsOptional,
  Length,
  Matches,
  MaxLength,
  Validate,
  ValidateIf,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import { isTimeZone } from '../../practice/public.js';

@ValidatorConstraint({ name: 'zone' })
class IsZone implements ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return isTimeZone(value);
  }
}

const filled = (field: string) => (form: object) => Boolean((form as Record<string, unknown>)[field]);

export class PracticeForm {
  @Length(1, 120, { message: 'admin:practice.fault.name' }) name: string;
  @Validate(IsZone, { message: 'admin:practice.fault.zone' }) timeZone: string;
  @IsOptional() @MaxLength(40, { message: 'admin:practice.fault.phone' }) phone?: string;
  @ValidateIf(filled('email')) @IsEmail({}, { message: 'admin:practice.fault.email' }) email?: string;
  @IsOptional() @MaxLength(400, { message: 'admin:practice.fault.text' }) crisisText?: string;
  @ValidateIf(filled('crisisPhone'))
  @Matches(/^\+?[\d #*()-]{2,30}$/, { message: 'admin:practice.fault.phone' })
  crisisPhone?: string;
  @IsOptional() @MaxLength(400, { message: 'admin:practice.fault.text' }) emergencyText?: string;
}

export class LocationForm {
  @Length(1, 120, { message: 'admin:practice.fault.name' }) name: string;
  @Validate(IsZone, { message: 'admin:practice.fault.zone' }) timeZone: string;
  @IsOptional() @MaxLength(400, { message: 'admin:practice.fault.text' }) address?: string;
}
