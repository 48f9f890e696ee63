import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import type { SecondSteps } from '../sign-in/second-step.service.js';

export interface SignInView {
  /** Same-site path to go on to, or empty. */
  readonly next: string;
  readonly values: FormValues;
  readonly errors: FormErrors;
  readonly refusal: string | null;
  /** True when browsers can use passkeys at this address. */
  readonly passkeys: boolean;
  /** What people call the identity provider; null without single sign-on. */
  readonly provider: string | null;
}

export const signInView = (input: {
  next: string | undefined;
  values: FormValues;
  errors: FormErrors;
  refusal: string | undefined;
  passkeys: boolean;
  provider: string | null;
}): SignInView => ({
  next: input.next ?? '',
  values: input.values,
  errors: input.errors,
  refusal: input.refusal ?? null,
  passkeys: input.passkeys,
  provider: input.provider,
});

export interface CodeView extends SecondSteps {
  readonly errors: FormErrors;
  readonly values: FormValues;
  readonly next: string;
}

export const codeView = (steps: SecondSteps, errors: FormErrors): CodeView => ({
  ...steps,
  errors,
  values: {},
  next: '',
});

export const recoveryCodeView = (errors: FormErrors): { errors: FormErrors; values: FormValues } => ({
  errors,
  values: {},
});

/** Whole minutes from one minute up: nobody counts 137 seconds. */
export function slowDownView(seconds: number): { minutes: number; seconds: number } {
  return seconds < 60 ? { minutes: 0, seconds } : { minutes: Math.ceil(seconds / 60), seconds: 0 };
}
