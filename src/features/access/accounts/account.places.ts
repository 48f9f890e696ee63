import type { Place, Vault } from '../../../platform/crypto/vault.js';

/** Where sealed values of an account live; bound into the ciphertext. */
export const emailPlace = (id: string): Place => ({ table: 'account', column: 'email_enc', row: id });
export const totpPlace = (id: string): Place => ({ table: 'account', column: 'totp_enc', row: id });
export const pendingTotpPlace = (id: string): Place => ({ table: 'account', column: 'totp_pending_enc', row: id });

/** An address somebody wants to sign in with, or the one they had before. */
export const otherEmailPlace = (id: string, kind: 'wanted' | 'former'): Place => ({
  table: 'other_email',
  column: `${kind}_enc`,
  row: id,
});
export const recoveryWordsPlace = (id: string): Place => ({ table: 'recovery_request', column: 'words_enc', row: id });

/** Blind index of a sign-in address: exact match only, whatever the case. */
export const emailIndex = (vault: Vault, email: string): Buffer =>
  vault.hash('account.email', email.trim(), { fold: true });
export const passkeyLabelPlace = (id: string): Place => ({ table: 'passkey', column: 'label_enc', row: id });
