import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import type { OwnAccount } from '../accounts/own-account.service.js';
import type { OwnPasskey } from '../factors/passkey.service.js';

/** A first name for a new passkey out of `Firefox/Linux`: where it was made, which the person may change. */
export function defaultLabel(browser: string): string {
  const [name, system] = browser.split('/');
  return [name, system].filter((part) => part !== undefined && part !== '').join(', ') || 'Passkey';
}

export interface PasskeyView {
  readonly id: string;
  readonly label: string;
  readonly icon: 'key' | 'cloud' | 'device-laptop';
  /** i18n key: where it lives. */
  readonly lives: string;
  readonly addedAt: string;
  readonly usedAt: string | null;
}

export const passkeyView = (passkey: OwnPasskey): PasskeyView => ({
  id: passkey.id,
  label: passkey.label,
  icon: passkey.portable ? 'key' : passkey.synced ? 'cloud' : 'device-laptop',
  lives: passkey.portable
    ? 'access:passkey.lives-portable'
    : passkey.synced
      ? 'access:passkey.lives-synced'
      : 'access:passkey.lives-here',
  addedAt: passkey.addedAt.toISOString(),
  usedAt: passkey.usedAt?.toISOString() ?? null,
});

export interface NewPasskeyView {
  readonly label: string;
  readonly refusal: string | null;
}

export interface OnePasskeyView {
  readonly passkey: PasskeyView;
  readonly zone: string;
  /** The password has to be shown to be long enough: it would stand alone. */
  readonly alone: boolean;
  /** i18n key: why it cannot be removed now; null when it can. */
  readonly stays: string | null;
  readonly values: FormValues;
  readonly nameErrors: FormErrors;
  readonly removeErrors: FormErrors;
}

export function onePasskeyView(input: {
  passkey: OwnPasskey;
  zone: string;
  alone: boolean;
  stays: string | null;
  errors: FormErrors;
}): OnePasskeyView {
  const removing = 'password' in input.errors;
  return {
    passkey: passkeyView(input.passkey),
    zone: input.zone,
    alone: input.alone,
    stays: input.stays,
    values: { label: input.passkey.label },
    nameErrors: removing ? {} : input.errors,
    removeErrors: removing ? input.errors : {},
  };
}

/** Why one of `count` passkeys cannot be removed, as an i18n key; the service decides again when it is tried. */
export function staysBecause(own: OwnAccount, count: number): string | null {
  if (count > 1) return null;
  if (!own.authenticator && own.mustKeepSecondFactor) return 'access:passkey.stays-factor';
  return own.hasPassword ? null : 'access:passkey.stays-way';
}
