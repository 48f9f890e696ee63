import type { Principal } from '../../../platform/access/principal.js';
import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import { recoveryHows, type StaffAccount, type StaffRole } from '../../access/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';
import { roleOptions, rowOf, type InviteView, type PersonRow } from './people.view.js';

export interface PersonView {
  readonly tabs: readonly AdminTab[];
  readonly person: PersonRow;
  /** i18n keys. */
  readonly state: string;
  readonly tone: string;
  readonly active: boolean;
  readonly invited: boolean;
  readonly suspended: boolean;
  readonly role: StaffRole;
  readonly options: InviteView['options'];
  readonly asksPassword: string | null;
  readonly asksEmail: string | null;
  readonly emailBackUntil: string | null;
  /** A lost second factor that waits for a second person; null when none does. */
  readonly recovery: {
    readonly id: string;
    readonly how: string;
    /** Name of who opened it; null when nobody known did. */
    readonly by: string | null;
    readonly until: string;
    readonly mayApprove: boolean;
  } | null;
  /** A lost second factor can be reported: there is one, and nothing is open. */
  readonly mayRecover: boolean;
  readonly hows: readonly { readonly value: string; readonly label: string }[];
  readonly zone: string;
  readonly values: FormValues;
  readonly errors: FormErrors;
  /** i18n key of why the last try was refused, or null. */
  readonly refusal: string | null;
}

/** What was sent and is shown again. */
export interface PersonForm {
  readonly values: FormValues;
  readonly errors: FormErrors;
  /** Error code. */
  readonly refusal: string | null;
}

const TONES = { invited: 'attend', active: 'well-on', suspended: 'alert', closed: '' } as const;

export const NO_FORM: PersonForm = { values: {}, errors: {}, refusal: null };

/** One colleague, with what can be done about how they enter. */
export function personView(
  who: Principal,
  account: StaffAccount,
  colleagues: readonly StaffAccount[],
  form: PersonForm,
): PersonView {
  const { recovery } = account;
  return {
    tabs: adminTabs(who, 'people'),
    person: rowOf(who, account),
    state: `access:account-state.${account.state}`,
    tone: TONES[account.state],
    active: account.state === 'active',
    invited: account.state === 'invited',
    suspended: account.state === 'suspended',
    role: account.role,
    options: roleOptions(),
    asksPassword: account.asksPassword?.toISOString() ?? null,
    asksEmail: account.asksEmail?.toISOString() ?? null,
    emailBackUntil: account.emailBackUntil?.toISOString() ?? null,
    recovery: recovery && {
      id: recovery.id,
      how: `access:lost-step.how.${recovery.how}`,
      by: colleagues.find(({ id }) => id === recovery.openedBy)?.name ?? null,
      until: recovery.until.toISOString(),
      mayApprove: recovery.openedBy !== who.id,
    },
    mayRecover: account.state === 'active' && account.secondFactor && recovery === null,
    hows: recoveryHows(),
    zone: who.timeZone ?? 'UTC',
    values: form.values,
    errors: form.errors,
    refusal: form.refusal === null ? null : `admin:people.refusal.${form.refusal.replace('access.', '')}`,
  };
}
