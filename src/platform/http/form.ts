import { plainToInstance, type ClassConstructor } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';

/** A submitted form: either the validated DTO, or everything that was typed plus an i18n key per faulty field. */
export type Form<T> =
  | { readonly ok: true; readonly value: T; readonly values: FormValues; readonly errors: FormErrors }
  | { readonly ok: false; readonly values: FormValues; readonly errors: FormErrors };

/** What was typed, as text, for redisplay. Never holds a field named in `secret`. */
export type FormValues = Readonly<Record<string, string>>;
/** Field to i18n key of what to do about it. */
export type FormErrors = Readonly<Record<string, string>>;

/**
 * Validates a form body against a class-validator DTO. Unknown fields are dropped, non-scalar values are faults: an object where a
 * text belongs never reaches a query. Constraint messages are i18n keys (`message: 'scheduling:book.fault.start'`).
 */
export async function readForm<T extends object>(
  type: ClassConstructor<T>,
  body: unknown,
  options: { secret?: readonly string[] } = {},
): Promise<Form<T>> {
  const raw =
    typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
  const scalars: Record<string, string> = {};
  for (const [field, value] of Object.entries(raw)) {
    if (typeof value === 'string') scalars[field] = value.normalize('NFC').replaceAll('\u0000', '').trim();
    else if (typeof value === 'number' || typeof value === 'boolean') scalars[field] = String(value);
  }
  const instance = plainToInstance(type, scalars);
  const faults = await validate(instance, { whitelist: true, stopAtFirstError: true, forbidUnknownValues: true });
  const values = Object.fromEntries(
    Object.entries(scalars).filter(([field]) => field !== '_csrf' && !options.secret?.includes(field)),
  );
  if (faults.length === 0) return { ok: true, value: instance, values, errors: {} };
  return {
    ok: false,
    values,
    errors: Object.fromEntries(faults.map((fault) => [fault.property, firstMessage(fault)])),
  };
}

const firstMessage = (fault: ValidationError): string =>
  Object.values(fault.constraints ?? {})[0] ?? 'common:fault.check';
