import { can, type Principal } from '../../../platform/access/principal.js';
import type { FormErrors, FormValues } from '../../../platform/http/form.js';
import { factorOf, STAFF_ROLES, type StaffAccount } from '../../access/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** i18n keys. */
  readonly role: string;
  readonly factor: string;
  readonly secondFactor: boolean;
  readonly lastSeen: string | null;
  /** When the invitation stops working; null when none is out. */
  readonly inviteUntil: string | null;
  readonly mayChange: boolean;
  readonly you: boolean;
}

/** Somebody who waits for whoever looks after the accounts. */
export interface WaitingRow {
  readonly id: string;
  readonly name: string;
  /** i18n key of what they ask for. */
  readonly asks: string;
  readonly since: string | null;
  /** A lost second factor: until when it can be approved. */
  readonly until: string | null;
  readonly mayChange: boolean;
}

export interface PeopleView {
  readonly tabs: readonly AdminTab[];
  readonly active: readonly PersonRow[];
  readonly invited: readonly PersonRow[];
  readonly suspended: readonly PersonRow[];
  readonly waiting: readonly WaitingRow[];
  /** What each role reaches, with how many people have it. */
  readonly roles: readonly { readonly name: string; readonly reaches: string; readonly count: number }[];
  readonly zone: string;
  readonly mayInvite: boolean;
  readonly mayChangeRoles: boolean;
  readonly maySignOn: boolean;
  readonly done: string | null;
}

const DONE = ['role', 'suspended', 'restored', 'closed', 'recovery', 'dropped', 'email-back'] as const;

export function peopleView(who: Principal, accounts: readonly StaffAccount[], done: unknown): PeopleView {
  const said = DONE.find((one) => one === done);
  const inState = (state: StaffAccount['state']): PersonRow[] =>
    sorted(accounts.filter((account) => account.state === state)).map((account) => rowOf(who, account));
  const active = accounts.filter((account) => account.state === 'active');
  return {
    tabs: adminTabs(who, 'people'),
    active: inState('active'),
    invited: inState('invited'),
    suspended: inState('suspended'),
    waiting: sorted(active).flatMap((account) => waitingOf(who, account)),
    roles: STAFF_ROLES.map((role) => ({
      name: `access:role.${role}`,
      reaches: `admin:people.reaches.${role}`,
      count: active.filter((account) => account.role === role).length,
    })),
    zone: who.timeZone ?? 'UTC',
    mayInvite: can(who, 'staff:manage'),
    mayChangeRoles: can(who, 'roles:manage'),
    maySignOn: can(who, 'sign-on:manage'),
    done: said ? `admin:people.done.${said}` : null,
  };
}

export const nameOf = (account: StaffAccount): string => account.name ?? account.email;

const sorted = (accounts: readonly StaffAccount[]): StaffAccount[] =>
  [...accounts].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));

const mayChange = (who: Principal, account: StaffAccount): boolean => can(who, 'staff:manage') && account.id !== who.id;

export const rowOf = (who: Principal, account: StaffAccount): PersonRow => ({
  id: account.id,
  name: nameOf(account),
  email: account.email,
  role: `access:role.${account.role}`,
  factor: factorOf(account),
  secondFactor: account.secondFactor,
  lastSeen: account.lastSeen?.toISOString() ?? null,
  inviteUntil: account.inviteUntil?.toISOString() ?? null,
  mayChange: mayChange(who, account),
  you: account.id === who.id,
});

function waitingOf(who: Principal, account: StaffAccount): WaitingRow[] {
  const row = { id: account.id, name: nameOf(account), mayChange: mayChange(who, account) };
  const { asksPassword, asksEmail, recovery } = account;
  return [
    ...(recovery
      ? [{ ...row, asks: 'admin:people.asks.recovery', since: null, until: recovery.until.toISOString() }]
      : []),
    ...(asksPassword
      ? [{ ...row, asks: 'admin:people.asks.password', since: asksPassword.toISOString(), until: null }]
      : []),
    ...(asksEmail ? [{ ...row, asks: 'admin:people.asks.email', since: asksEmail.toISOString(), until: null }] : []),
  ];
}

export interface InviteView {
  readonly tabs: readonly AdminTab[];
  readonly options: readonly { readonly value: string; readonly label: string; readonly hint: string }[];
  readonly values: FormValues;
  readonly errors: FormErrors;
}

/** Roles as choices, each with what it reaches. */
export const roleOptions = (): InviteView['options'] =>
  STAFF_ROLES.map((role) => ({ value: role, label: `access:role.${role}`, hint: `admin:people.reaches.${role}` }));

export const inviteView = (who: Principal, values: FormValues, errors: FormErrors): InviteView => ({
  tabs: adminTabs(who, 'people'),
  options: roleOptions(),
  values,
  errors,
});
