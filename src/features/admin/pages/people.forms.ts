import { IsEmail, IsIn, IsOptional, MaxLength, MinLength } from 'class-validator';
import { RECOVERY_HOWS, STAFF_ROLES, type StaffRole } from '../../access/public.js';

/** Inviting a colleague. */
export class InviteForm {
  @MinLength(1, { message: 'admin:people.fault.name' })
  @MaxLength(120, { message: 'admin:people.fault.name' })
  name: string;

  @IsEmail({}, { message: 'admin:people.fault.email' })
  @MaxLength(254, { message: 'admin:people.fault.email' })
  email: string;

  @IsIn(STAFF_ROLES, { message: 'admin:people.fault.role' })
  role: StaffRole;

  /** Licence letters; only kept for roles that see clients. */
  @IsOptional()
  @MaxLength(40, { message: 'admin:people.fault.credential' })
  credential?: string;
}

/** How somebody made sure that they talk to the person whose second factor is lost. */
export class RecoveryForm {
  @IsIn(RECOVERY_HOWS, { message: 'access:lost-step.fault.how' })
  how: (typeof RECOVERY_HOWS)[number];

  @MinLength(10, { message: 'access:lost-step.fault.words' })
  @MaxLength(1000, { message: 'access:lost-step.fault.long' })
  words: string;
}
