import type { FormErrors } from '../../../platform/http/form.js';
import type { OwnAccount } from '../accounts/own-account.service.js';
import { groupedSecret } from '../factors/totp.js';
import type { PendingAuthenticator } from '../factors/totp.service.js';

export interface AuthenticatorView {
  /** `start`: ask for the password; `scan`: show the picture, ask for a code. */
  readonly step: 'start' | 'scan';
  readonly on: boolean;
  /** False when it is the last second factor of somebody who must keep one. */
  readonly removable: boolean;
  /** Without it the password would stand alone. */
  readonly alone: boolean;
  /** For typing by hand, in groups of four; null in step `start`. */
  readonly secret: string | null;
  readonly startErrors: FormErrors;
  readonly removeErrors: FormErrors;
  readonly scanErrors: FormErrors;
}

const NONE: FormErrors = {};

/** Two forms ask for the password; the one that was sent is told by its other field. */
export function authenticatorView(
  own: OwnAccount,
  passkeys: number,
  pending: PendingAuthenticator | undefined,
  errors: FormErrors,
): AuthenticatorView {
  const removing = 'last' in errors || errors.password === 'access:authenticator.fault.short';
  return {
    step: pending ? 'scan' : 'start',
    on: own.authenticator,
    removable: own.authenticator && !(own.mustKeepSecondFactor && passkeys === 0),
    alone: passkeys === 0,
    secret: pending ? groupedSecret(pending.secret) : null,
    startErrors: removing ? NONE : errors,
    removeErrors: removing ? errors : NONE,
    scanErrors: errors,
  };
}
