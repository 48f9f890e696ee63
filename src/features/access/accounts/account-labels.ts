import { RECOVERY_HOWS } from '../resets/recovery.queries.js';
import type { AccountLine } from './account-lines.service.js';

/** Choices for how somebody made sure who they talk to. */
export const recoveryHows = (): { value: string; label: string }[] =>
  RECOVERY_HOWS.map((value) => ({ value, label: `access:lost-step.how.${value}` }));

/** i18n key of how strongly an account is entered. */
export const factorOf = ({ code, passkeys }: Pick<AccountLine, 'code' | 'passkeys'>): string =>
  `access:factor.${passkeys > 0 ? 'passkey' : code ? 'code' : 'password'}`;
