import { IsIn, IsOptional, Matches, MaxLength, MinLength, ValidateIf } from 'class-validator';
import { PRIVACY, type Privacy } from '../door/arrival.entity.js';
import type { DoorAnswers } from '../door/door-answers.js';

const YES = 'yes';

/** The questions at the door. "I prefer not to say" is an answer; leaving a question open is not. */
export class AnswersForm {
  @ValidateIf((form: AnswersForm) => form.placeDeclined !== YES)
  @MinLength(2, { message: 'encounters:questions.fault.place' })
  @MaxLength(300, { message: 'encounters:questions.fault.long' })
  place = '';

  @IsOptional()
  @IsIn([YES], { message: 'common:fault.check' })
  placeDeclined?: string;

  @IsIn(PRIVACY, { message: 'encounters:questions.fault.privacy' })
  privacy: Privacy;

  @ValidateIf((form: AnswersForm) => form.contactDeclined !== YES)
  @MinLength(2, { message: 'encounters:questions.fault.contact' })
  @MaxLength(200, { message: 'encounters:questions.fault.long' })
  contact = '';

  @IsOptional()
  @IsIn([YES], { message: 'common:fault.check' })
  contactDeclined?: string;

  @ValidateIf((form: AnswersForm) => form.phone !== '')
  @Matches(/^(?=(?:[^0-9]*[0-9]){7,15}[^0-9]*$)[0-9+(). x/-]{7,40}$/, { message: 'encounters:questions.fault.phone' })
  phone = '';
}

/** What was ticked wins over what was typed: a place next to "prefer not to say" is not kept. */
export const answersOf = (form: AnswersForm): DoorAnswers => ({
  place: form.placeDeclined === YES ? null : form.place,
  privacy: form.privacy,
  contact: form.contactDeclined === YES ? null : form.contact,
  phone: form.phone === '' ? null : form.phone,
});
