import { IsIn, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import {
  EMERGENCY_MINUTES,
  EMERGENCY_WHYS,
  LONGEST_WORDS,
  SHORTEST_WORDS,
  type EmergencyRequest,
  type EmergencyWhy,
} from '../emergency/emergency.model.js';

const MINUTES: readonly string[] = EMERGENCY_MINUTES.map(String);

/** Whose chart, why, in whose words, for how long. */
export class EmergencyForm {
  @Matches(/^[1-9]\d{0,14}$/, { message: 'people:emergency.fault.number' })
  number: string;

  @IsIn(EMERGENCY_WHYS as unknown as string[], { message: 'people:emergency.fault.why' })
  why: EmergencyWhy;

  @IsString({ message: 'people:emergency.fault.words' })
  @MinLength(SHORTEST_WORDS, { message: 'people:emergency.fault.words' })
  @MaxLength(LONGEST_WORDS, { message: 'people:fault.too-long' })
  words: string;

  @IsIn(MINUTES as string[], { message: 'people:emergency.fault.minutes' })
  minutes: string;
}

export const requestOf = (form: EmergencyForm): EmergencyRequest => ({
  number: form.number,
  why: form.why,
  words: form.words,
  minutes: EMERGENCY_MINUTES.find((minutes) => String(minutes) === form.minutes) ?? EMERGENCY_MINUTES[0],
});
