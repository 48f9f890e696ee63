import { can, type Principal } from '../../../platform/access/principal.js';
import { STAFF_ROLES, type StaffAccount, type StaffRole } from '../../access/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** i18n key. */
  readonly role: string;
  readonly secondFactor: boolean;
  readonly lastSeen: string | null;
  readonly mayChange: boolean;
  readonly you: boolean;
}

export interface PeopleView {
  readonly tabs: readonly AdminTab[];
  readonly active: readonly PersonRow[];
  readonly suspended: readonly PersonRow[];
  /** What each role reaches, with how many people have it. */
  readonly roles: readonly { readonly name: string; readonly reaches: string; readonly count: number }[];
  readonly zone: string;
  readonly done: string | null;
}

const DONE = ['role', 'suspended', 'restored'] as const;

export function peopleView(who: Principal, accounts: readonly StaffAccount[], done: unknown): PeopleView {
  const said = DONE.find((one) => one === done);
  const active = accounts.filter((account) => account.state === 'active');
  return {
    tabs: adminTabs(who, 'people'),
    active: sorted(active).map((account) => row(who, account)),
    suspended: sorted(accounts.filter((account) => account.state === 'suspended')).map((account) => row(who, account)),
    roles: STAFF_ROLES.map((role) => ({
      name: `access:role.${role}`,
      reaches: `admin:people.reaches.${role}`,
      count: active.filter((account) => account.role === role).length,
    })),
    zone: who.timeZone ?? 'UTC',
    done: said ? `admin:people.done.${said}` : null,
  };
}

const nameOf = (account: StaffAccount): string => account.name ?? account.email;

const sorted = (accounts: readonly StaffAccount[]): StaffAccount[] =>
  [...accounts].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));

const row = (who: Principal, account: StaffAccount): PersonRow => ({
  id: account.id,
  name: nameOf(account),
  email: account.email,
  role: `access:role.${account.role}`,
  secondFactor: account.secondFactor,
  lastSeen: account.lastSeen?.toISOString() ?? null,
  mayChange: can(who, 'staff:manage') && account.id !== who.id,
  you: account.id === who.id,
});

export interface PersonView {
  readonly tabs: readonly AdminTab[];
  readonly person: PersonRow;
  readonly suspended: boolean;
  readonly role: StaffRole;
  readonly options: readonly { readonly value: string; readonly label: string; readonly hint: string }[];
  /** i18n key of why the last try was refused, or null. */
  readonly refusal: string | null;
}

export const personView = (who: Principal, account: StaffAccount, refusal: string | null): PersonView => ({
  tabs: adminTabs(who, 'people'),
  person: row(who, account),
  suspended: account.state === 'suspended',
  role: account.role,
  options: STAFF_ROLES.map((role) => ({
    value: role,
    label: `access:role.${role}`,
    hint: `admin:people.reaches.${role}`,
  })),
  refusal: refusal === null ? null : `admin:people.refusal.${refusal.replace('access.', '')}`,
});
