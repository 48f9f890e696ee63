import type { Role } from '../../../platform/access/principal.js';

/** Every permission of the core, with what it opens. A route that names another one stops the boot. */
export const PERMISSIONS = {
  'account:self': 'their own account: password, authenticator, signed-in browsers',
  'day:read': 'the Today page',
  'calendar:read': 'the calendar',
  'calendar:write': 'booking, moving and cancelling appointments',
  'clients:read': 'the client list: names and numbers',
  'clients:write': 'adding clients and changing their contact data',
  'client-contact:read': "clients' email addresses and phone numbers",
  'client-birth:read': "clients' dates of birth",
  'chart:read': 'charts, of the clients they are assigned to, cover or supervise',
  'emergency:open': 'opening one chart outside their care for a short time, with a reason',
  'session:host': 'hosting video sessions: admitting, ending',
  'practice:read': "the practice's name, zone and locations",
  'practice:manage': 'changing the practice, its locations and the recovery kit',
  'staff:read': 'the list of people who can sign in',
  'staff:manage': 'invitations, roles of people, suspension, lost second factors',
  'roles:manage': 'what each role may do',
  'keys:manage': 'service principals and their API keys',
  'sign-on:manage': 'single sign-on: which group of the identity provider gets which role',
  'plugins:manage': 'plugins: state, settings, enabling',
  'security:read': 'the security overview: counts, audit state, key ids',
  'health:read': 'the health of the server',
  'audit:read': 'the audit log',
  'audit:review': 'the weekly review of the audit',
  'portal:use': 'the portal',
} as const;
export type Permission = keyof typeof PERMISSIONS;

const clinical: readonly Permission[] = [
  'day:read',
  'calendar:read',
  'calendar:write',
  'clients:read',
  'clients:write',
  'client-contact:read',
  'client-birth:read',
  'chart:read',
  'emergency:open',
  'session:host',
];

/**
 * What each role may do. A permission opens a kind of page; whose records it opens is decided again in the services (assigned,
 * covering, supervising). `account:self` is added for everybody.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: [
    'day:read',
    'calendar:read',
    'calendar:write',
    'clients:read',
    'clients:write',
    'client-contact:read',
    'client-birth:read',
    'chart:read',
    'emergency:open',
    'practice:read',
    'practice:manage',
    'staff:read',
    'staff:manage',
    'roles:manage',
    'keys:manage',
    'sign-on:manage',
    'plugins:manage',
    'security:read',
    'health:read',
    'audit:read',
    'audit:review',
  ],
  clinician: clinical,
  supervisor: clinical,
  scheduler: ['day:read', 'calendar:read', 'calendar:write', 'clients:read', 'clients:write', 'client-contact:read'],
  biller: ['clients:read', 'client-birth:read'],
  // Runs the machine and never meets a client's data: nothing here may open a name.
  'it-admin': ['practice:read', 'plugins:manage', 'security:read', 'health:read'],
  client: ['portal:use'],
  guardian: ['portal:use'],
};

/** What no owner can give a role, whatever they tick: the walls between the machine, the portal and the practice. */
export function mayHold(role: Role, permission: Permission): boolean {
  if (permission === 'account:self') return true;
  if (!isStaff(role)) return permission === 'portal:use';
  if (permission === 'portal:use') return false;
  if (role !== 'owner' && OWNERS_ONLY.has(permission)) return false;
  return role !== 'it-admin' || !OPENS_CLIENT_DATA.has(permission);
}

/** What nobody can take from a role: everybody's own account, and what an owner needs to undo any other change. */
export function alwaysHolds(role: Role, permission: Permission): boolean {
  return permission === 'account:self' || (role === 'owner' && KEPT_BY_OWNERS.has(permission));
}

const KEPT_BY_OWNERS: ReadonlySet<Permission> = new Set<Permission>(['staff:read', 'staff:manage', 'roles:manage']);

/** Whoever holds one of these can make somebody an owner; in any other role it would be the owner's role by another name. */
export const OWNERS_ONLY: ReadonlySet<Permission> = new Set<Permission>([
  'staff:manage',
  'roles:manage',
  'sign-on:manage',
]);

/** Permissions behind which clients' names, times or records stand. `audit` rows point at clients. */
export const OPENS_CLIENT_DATA: ReadonlySet<Permission> = new Set<Permission>([
  'day:read',
  'calendar:read',
  'calendar:write',
  'clients:read',
  'clients:write',
  'client-contact:read',
  'client-birth:read',
  'chart:read',
  'emergency:open',
  'session:host',
  'audit:read',
  'audit:review',
]);

/** What only a clinician can do: an owner needs a clinician record too. */
const FOR_CLINICIANS: ReadonlySet<Permission> = new Set<Permission>(['session:host']);

const sets = new Map<string, ReadonlySet<string>>();

/**
 * The permissions of an account. An owner who is also a clinician may host sessions too.
 *
 * @param role the account's role
 * @param isClinician true when the person behind the account has a clinician record
 * @param adjusted what owners made of the role, or null; what a role may never hold is left out of it
 */
export function permissionsOf(
  role: Role,
  isClinician: boolean,
  adjusted: readonly string[] | null = null,
): ReadonlySet<string> {
  const key = `${role}:${isClinician}:${adjusted?.join() ?? ''}`;
  let set = sets.get(key);
  if (!set) {
    // A few sets per role exist at a time; adjusting roles all day must not fill the memory.
    if (sets.size > 200) sets.clear();
    set = new Set(listOf(role, isClinician, adjusted));
    sets.set(key, set);
  }
  return set;
}

function listOf(role: Role, isClinician: boolean, adjusted: readonly string[] | null): readonly string[] {
  const held = setOf(role, adjusted).filter((key) => isClinician || role !== 'owner' || !FOR_CLINICIANS.has(key));
  const alsoHosts = role === 'owner' && isClinician;
  return alsoHosts ? [...held, 'session:host'] : held;
}

/**
 * The set of a role, in the order of `PERMISSIONS`: what owners made of it, less what it may never hold, and with what it always holds.
 * The walls are built here, where every request passes, so that a row somebody wrote into the database by hand opens nothing.
 */
export function setOf(role: Role, adjusted: readonly string[] | null): readonly Permission[] {
  const wanted = new Set<string>(adjusted ?? ROLE_PERMISSIONS[role]);
  return ALL.filter((key) => alwaysHolds(role, key) || (wanted.has(key) && mayHold(role, key)));
}

const ALL = Object.keys(PERMISSIONS) as Permission[];

export const isPermission = (key: string): key is Permission => Object.hasOwn(PERMISSIONS, key);

/** Roles of people who work at the practice; the others use the portal. */
export const STAFF_ROLES = ['owner', 'clinician', 'supervisor', 'scheduler', 'biller', 'it-admin'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];
export const isStaff = (role: Role): role is StaffRole => (STAFF_ROLES as readonly Role[]).includes(role);

/** The first page after signing in: the first one that these permissions open. */
export function homeOf(permissions: ReadonlySet<string>): string {
  return HOMES.find(([permission]) => permissions.has(permission))?.[1] ?? '/account';
}

const HOMES: readonly (readonly [Permission, string])[] = [
  ['portal:use', '/portal'],
  ['day:read', '/today'],
  ['plugins:manage', '/admin'],
  ['calendar:read', '/calendar'],
  ['clients:read', '/clients'],
  ['practice:read', '/admin'],
  ['staff:read', '/admin'],
  ['security:read', '/admin'],
  ['health:read', '/admin'],
  ['audit:read', '/admin'],
];
