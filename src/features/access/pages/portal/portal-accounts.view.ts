import type { Principal } from '../../../../platform/access/principal.js';
import type { FormErrors, FormValues } from '../../../../platform/http/form.js';
import { factorOf, recoveryHows } from '../../accounts/account-labels.js';
import type { AccountLine } from '../../accounts/account-lines.service.js';
import type { PortalPerson } from '../../accounts/portal-accounts.service.js';

/** A form that was sent and is shown again. */
export interface PortalForm {
  readonly values: FormValues;
  readonly errors: FormErrors;
  /** Account whose form it was; absent for an invitation. */
  readonly about: string;
  /** i18n key of why the last try was refused. */
  readonly refusal: string;
  readonly done: unknown;
}

export interface PortalAccountView {
  readonly id: string;
  readonly email: string;
  /** i18n keys. */
  readonly state: string;
  readonly tone: string;
  readonly factor: string;
  readonly invited: boolean;
  readonly suspended: boolean;
  readonly active: boolean;
  readonly inviteUntil: string | null;
  readonly lastSeen: string | null;
  readonly asksPassword: string | null;
  readonly asksEmail: string | null;
  readonly emailBackUntil: string | null;
  readonly mayRecover: boolean;
  readonly recovery: { readonly open: boolean; readonly values: FormValues; readonly errors: FormErrors };
}

export interface PortalPersonView {
  readonly personId: string;
  readonly name: string;
  /** i18n key. */
  readonly kind: string;
  readonly account: PortalAccountView | null;
  /** May be invited: no account yet, and rights today. */
  readonly mayInvite: boolean;
  readonly invite: { readonly values: FormValues; readonly errors: FormErrors };
}

export interface PortalAccountsView {
  readonly clientId: string;
  readonly name: string;
  readonly people: readonly PortalPersonView[];
  readonly hows: readonly { readonly value: string; readonly label: string }[];
  readonly zone: string;
  /** i18n keys, or null: why the last try was refused, and what was just done. */
  readonly refusal: string | null;
  readonly done: string | null;
}

const DONE = ['suspended', 'restored', 'closed', 'email-back'] as const;
const TONES = { invited: 'attend', active: 'well-on', suspended: 'alert', closed: '' } as const;

/** The client's page about who of their people can sign in. */
export function portalAccountsView(
  who: Principal,
  clientId: string,
  people: readonly PortalPerson[],
  { values = {}, errors = {}, about, refusal, done }: Partial<PortalForm>,
): PortalAccountsView {
  const said = DONE.find((one) => one === done);
  return {
    clientId,
    name: people[0]?.name ?? '',
    people: people.map((person) => {
      const sent = about === undefined && values.personId === person.personId;
      return {
        personId: person.personId,
        name: person.name,
        kind: `access:portal.kind.${person.kind}`,
        account: person.account && accountView(person.account, about === person.account.id ? { values, errors } : null),
        mayInvite: person.account === null && person.current,
        invite: sent ? { values, errors } : { values: {}, errors: {} },
      };
    }),
    hows: recoveryHows(),
    zone: who.timeZone ?? 'UTC',
    refusal: refusal ?? null,
    done: said ? `access:portal.done.${said}` : null,
  };
}

const accountView = (
  line: AccountLine,
  sent: { readonly values: FormValues; readonly errors: FormErrors } | null,
): PortalAccountView => ({
  id: line.id,
  email: line.email,
  state: `access:account-state.${line.state}`,
  tone: TONES[line.state],
  factor: factorOf(line),
  invited: line.state === 'invited',
  suspended: line.state === 'suspended',
  active: line.state === 'active',
  inviteUntil: line.inviteUntil?.toISOString() ?? null,
  lastSeen: line.lastSeen?.toISOString() ?? null,
  asksPassword: line.asksPassword?.toISOString() ?? null,
  asksEmail: line.asksEmail?.toISOString() ?? null,
  emailBackUntil: line.emailBackUntil?.toISOString() ?? null,
  mayRecover: line.state === 'active' && line.secondFactor,
  recovery: { open: sent !== null, values: sent?.values ?? {}, errors: sent?.errors ?? {} },
});
