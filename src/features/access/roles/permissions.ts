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
  return role !== 'it-admin' || !OPENS_CLIENT_DATA.has(permission);
}

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

/** What only a clinician can do: the person behind the account needs a clinician record too. */
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
  const usual = adjusted === null ? ROLE_PERMISSIONS[role] : adjusted.filter(isPermission);
  const held = usual.filter(
    (key) => mayHold(role, key) && (isClinician || role !== 'owner' || !FOR_CLINICIANS.has(key)),
  );
  const alsoHosts = role === 'owner' && isClinician;
  return ['account:self', ...held, ...(alsoHosts ? ['session:host'] : [])];
}

export const isPermission = (key: string): key is Permission => Object.hasOwn(PERMISSIONS, key);

/** Roles of people who work at the practice; the others use the portal. */
export const STAFF_ROLES = ['owner', 'clinician', 'supervisor', 'scheduler', 'biller', 'it-admin'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];
export const isStaff = (role: Role): role is StaffRole => (STAFF_ROLES as readonly Role[]).includes(role);

/** The first page after signing in: the first one that the role may open. */
export function homeOf(permissions: ReadonlySet<string>): string {
  if (permissions.has('portal:use')) return '/portal';
  if (permissions.has('day:read')) return '/today';
  if (permissions.has('plugins:manage')) return '/admin';
  if (permissions.has('clients:read')) return '/clients';
  return '/account';
}
