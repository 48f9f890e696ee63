import { IsIn, IsOptional, Length, MaxLength } from 'class-validator';

/** Lives of a key that the page offers, in days. */
export const LIVES = ['30', '90', '180', '366'] as const;

export class ProgramForm {
  @Length(1, 80, { message: 'admin:programs.fault.name' }) name: string;
  @IsOptional() @MaxLength(400, { message: 'admin:programs.fault.about' }) about?: string;
}

export class KeyForm {
  @IsIn(LIVES, { message: 'admin:programs.fault.days' }) days: string;
}

/** The ticked boxes of one name: none, one text, or a list of texts. Anything else is no tick. */
export function ticked(body: unknown, name: string): string[] {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return [];
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
