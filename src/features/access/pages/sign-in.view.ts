import type { FormErrors, FormValues } from '../../../platform/http/form.js';

export interface SignInView {
  /** Same-site path to go on to, or empty. */
  readonly next: string;
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly refusal: string | null;
}

export const signInView = (input: {
  next: string | undefined;
  values: FormValues;
  errors: FormErrors;
  refusal: string | undefined;
}): SignInView => ({
  next: input.next ?? '',
  values: input.values,
  errors: input.errors,
  refusal: input.refusal ?? null,
});

export const codeView = (errors: FormErrors): { errors: FormErrors; values: FormValues } => ({ errors, values: {} });

/** Whole minutes from one minute up: nobody counts 137 seconds. */
export function slowDownView(seconds: number): { minutes: number; seconds: number } {
  return seconds < 60 ? { minutes: 0, seconds } : { minutes: Math.ceil(seconds / 60), seconds: 0 };
}
