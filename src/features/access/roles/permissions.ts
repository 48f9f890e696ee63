import type { Role } from '../../../platform/access/principal.js';

/** Every permission of the core, with what it opens. A route that names another one stops the boot. */
export const PERMISSIONS = {
  'account:self': 'their own account: password, authenticator, signed-in browsers',
  'day:read': 'the Today page',
  'calendar:read': 'the calendar',
  'calendar:write': 'booking, moving and cancelling appointments',
  'clients:read': 'the client list: names and numbers',
  'clients:write': 'adding clients and changing their contact data',
  'chart:read': 'charts, of the clients they are assigned to, cover or supervise',
  'session:host': 'hosting video sessions: admitting, ending',
  'practice:read': "the practice's name, zone and locations",
  'practice:manage': 'changing the practice, its locations and the recovery kit',
  'staff:read': 'the list of people who can sign in',
  'staff:manage': 'roles, suspension',
  'plugins:manage': 'plugins: state, settings, enabling',
  'security:read': 'the security overview: counts, audit state, key ids',
  'health:read': 'the health of the server',
  'audit:read': 'the audit log',
  'portal:use': 'the portal',
} as const;
export type Permission = keyof typeof PERMISSIONS;

const clinical: readonly Permission[] = [
  'day:read',
  'calendar:read',
  'calendar:write',
  'clients:read',
  'clients:write',
  'chart:read',
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
    'chart:read',
    'practice:read',
    'practice:manage',
    'staff:read',
    'staff:manage',
    'plugins:manage',
    'security:read',
    'health:read',
    'audit:read',
  ],
  clinician: clinical,
  supervisor: clinical,
  scheduler: ['day:read', 'calendar:read', 'calendar:write', 'clients:read', 'clients:write'],
  biller: ['clients:read'],
  // Runs the machine and never meets a client's data: nothing here may open a name.
  'it-admin': ['practice:read', 'plugins:manage', 'security:read', 'health:read'],
  client: ['portal:use'],
  guardian: ['portal:use'],
};

const sets = new Map<string, ReadonlySet<string>>();

/**
 * The permissions of an account. An owner who is also a clinician may host sessions too.
 *
 * @param role the account's role
 * @param isClinician true when the person behind the account has a clinician record
 */
export function permissionsOf(role: Role, isClinician: boolean): ReadonlySet<string> {
  const alsoHosts = role === 'owner' && isClinician;
  const key = `${role}:${alsoHosts}`;
  let set = sets.get(key);
  if (!set) {
    set = new Set<string>(['account:self', ...ROLE_PERMISSIONS[role], ...(alsoHosts ? ['session:host'] : [])]);
    sets.set(key, set);
  }
  return set;
}

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
