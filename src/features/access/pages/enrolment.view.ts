import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import { groupedSecret } from '../factors/totp.js';
import type { PendingAuthenticator } from '../factors/totp.service.js';

export interface EnrolmentView {
  /** True when browsers can use passkeys at this address. */
  readonly passkeys: boolean;
  /** Secret of the app that is being set up, in groups of four; null before that was chosen. */
  readonly secret: string | null;
  readonly errors: FormErrors;
  readonly values: FormValues;
  /** i18n key, or null. */
  readonly refusal: string | null;
}

export const enrolmentView = (input: {
  pending: PendingAuthenticator | undefined;
  passkeys: boolean;
  errors: FormErrors;
  refusal: string | null;
}): EnrolmentView => ({
  passkeys: input.passkeys,
  secret: input.pending ? groupedSecret(input.pending.secret) : null,
  errors: input.errors,
  values: {},
  refusal: input.refusal,
});
