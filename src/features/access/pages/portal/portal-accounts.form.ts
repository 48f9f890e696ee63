import { IsEmail, IsIn, IsUUID, MaxLength, MinLength } from 'class-validator';
import { RECOVERY_HOWS } from '../../resets/recovery.queries.js';

/** Inviting a client, guardian or representative. */
export class PortalInviteForm {
  @IsUUID('all', { message: 'access:portal.fault.person' })
  personId: string;

  @IsEmail({}, { message: 'access:sign-in.fault.email' })
  @MaxLength(254, { message: 'access:sign-in.fault.email' })
  email: string;
}

/** How somebody made sure that they talk to the person whose second factor is lost. */
export class RecoveryForm {
  @IsIn(RECOVERY_HOWS, { message: 'access:lost-step.fault.how' })
  how: (typeof RECOVERY_HOWS)[number];

  @MinLength(10, { message: 'access:lost-step.fault.words' })
  @MaxLength(1000, { message: 'access:lost-step.fault.long' })
  words: string;
}
