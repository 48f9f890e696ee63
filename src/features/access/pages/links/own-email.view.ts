import { can, type Principal } from '../../../../platform/access/principal.js';
import type { FormErrors, FormValues } from '../../../../platform/http/form.js';
import type { OwnEmailState } from '../../resets/email-changes.service.js';

export interface OwnEmailView {
  readonly email: string;
  /** i18n key of when the new address counts. */
  readonly hint: string;
  /** When the wish for another address was made; null when none waits. */
  readonly asked: string | null;
  /** Until when the former address can be put back; null when there is none. */
  readonly backUntil: string | null;
  readonly zone: string;
  readonly values: FormValues;
  readonly errors: FormErrors;
  /** i18n key of what was just done, or null. */
  readonly done: string | null;
}

const DONE = ['asked', 'changed'] as const;

export function ownEmailView(
  who: Principal,
  email: string,
  state: OwnEmailState,
  form: { values: FormValues; errors: FormErrors; done: unknown },
): OwnEmailView {
  const said = DONE.find((one) => one === form.done);
  return {
    email,
    hint: can(who, 'staff:manage') ? 'access:own-email.hint-now' : 'access:own-email.hint',
    asked: state.askedAt?.toISOString() ?? null,
    backUntil: state.backUntil?.toISOString() ?? null,
    zone: who.timeZone ?? 'UTC',
    values: form.values,
    errors: form.errors,
    done: said ? `access:own-email.done.${said}` : null,
  };
}
