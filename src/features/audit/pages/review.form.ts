import { IsIn, MaxLength, MinLength, ValidateIf } from 'class-validator';

const TOO_LONG = { message: 'audit:fault.too-long' };

/** What a reviewer says about a finding. Asking needs words: what was asked, and what came of it. */
export class DecisionForm {
  @IsIn(['fine', 'asked'], { message: 'audit:fault.choose' }) decision: 'fine' | 'asked';
  @ValidateIf((form: DecisionForm) => form.decision === 'asked' || Boolean(form.note))
  @MinLength(1, { message: 'audit:fault.words' })
  @MaxLength(1_000, TOO_LONG)
  note?: string;
}

export class SignForm {
  @ValidateIf((form: SignForm) => Boolean(form.note)) @MaxLength(2_000, TOO_LONG) note?: string;
}
