import type { Principal } from '../../../platform/access/principal.js';
import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import { STAFF_ROLES, type SignOnRules, type SignOnSettings } from '../../access/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';

export interface SignOnView {
  readonly tabs: readonly AdminTab[];
  readonly provider: { readonly name: string; readonly host: string } | null;
  readonly rules: SignOnRules;
  readonly groups: readonly { readonly group: string; readonly role: string }[];
  readonly linked: readonly {
    readonly id: string;
    readonly name: string;
    readonly role: string;
    readonly linkedAt: string;
    readonly lastUsedAt: string | null;
  }[];
  readonly roles: readonly { readonly value: string; readonly label: string }[];
  /** What stands in the field, `mfa, phr`. */
  readonly trustedProofs: string;
  readonly zone: string;
  readonly values: FormValues;
  readonly errors: FormErrors;
  /** i18n keys, or null. */
  readonly done: string | null;
  readonly refusal: string | null;
}

const DONE: Readonly<Record<string, string>> = {
  rules: 'admin:sign-on.done-rules',
  group: 'admin:sign-on.done-group',
  removed: 'admin:sign-on.done-removed',
  unlinked: 'admin:sign-on.done-unlinked',
};

/** What a form that was refused brings along. */
export interface SignOnSaid {
  readonly done?: unknown;
  readonly values?: FormValues;
  readonly errors?: FormErrors;
  readonly rules?: SignOnRules;
  readonly refusal?: string;
}

export function signOnView(who: Principal, settings: SignOnSettings, said: SignOnSaid): SignOnView {
  const { provider, groups, linked } = settings;
  const rules = said.rules ?? settings.rules;
  return {
    tabs: adminTabs(who, 'people'),
    provider: provider && { name: provider.name, host: new URL(provider.issuer).host },
    rules,
    groups: groups.map(({ group, role }) => ({ group, role: `access:role.${role}` })),
    linked: linked.map((account) => ({
      id: account.id,
      name: account.name ?? '',
      role: `access:role.${account.role}`,
      linkedAt: account.linkedAt.toISOString(),
      lastUsedAt: account.lastUsedAt?.toISOString() ?? null,
    })),
    roles: STAFF_ROLES.map((role) => ({ value: role, label: `access:role.${role}` })),
    trustedProofs: said.values?.trustedProofs ?? rules.trustedProofs.join(', '),
    zone: who.timeZone ?? 'UTC',
    values: said.values ?? {},
    errors: said.errors ?? {},
    done: typeof said.done === 'string' && Object.hasOwn(DONE, said.done) ? DONE[said.done] : null,
    refusal: said.refusal ?? null,
  };
}
