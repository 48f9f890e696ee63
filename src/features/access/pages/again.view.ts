import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import type { WaysToProve } from '../sign-in/proof-again.service.js';

export interface AgainView extends WaysToProve {
  /** Same-site path to go on to, or empty. */
  readonly next: string;
  /** A form that waits, packed, or empty. */
  readonly carry: string;
  /** True when a form was sent that could not be kept: it has to be filled in again. */
  readonly lost: boolean;
  readonly others: readonly { readonly label: string; readonly href: string }[];
  readonly errors: FormErrors;
  readonly values: FormValues;
  /** i18n key, or null. */
  readonly refusal: string | null;
}

/** What the page "Confirm it is you" is about; the same through every try. */
export interface AgainAbout {
  readonly next: string | undefined;
  readonly carry: string;
  readonly lost: boolean;
}

export const againView = (
  ways: WaysToProve,
  others: AgainView['others'],
  about: AgainAbout,
  said: { readonly errors?: FormErrors; readonly refusal?: string } = {},
): AgainView => ({
  ...ways,
  next: about.next ?? '',
  carry: about.carry,
  lost: about.lost,
  others,
  errors: said.errors ?? {},
  values: {},
  refusal: said.refusal ?? null,
});
