import type { Principal } from '../../../platform/access/principal.js';
import {
  alwaysHolds,
  mayHold,
  OWNERS_ONLY,
  type Permission,
  type RoleSet,
  type StaffRole,
} from '../../access/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';
import { boxName, versionName, type TypedRoles } from './roles.form.js';

/** The permissions that can be adjusted, in the order of the page. `account:self` everybody has, `portal:use` no member of the staff. */
export const PERMISSION_GROUPS: readonly { readonly id: string; readonly permissions: readonly Permission[] }[] = [
  { id: 'days', permissions: ['day:read', 'calendar:read', 'calendar:write', 'session:host'] },
  {
    id: 'clients',
    permissions: [
      'clients:read',
      'clients:write',
      'client-contact:read',
      'client-birth:read',
      'chart:read',
      'emergency:open',
    ],
  },
  { id: 'practice', permissions: ['practice:read', 'practice:manage', 'staff:read', 'staff:manage'] },
  {
    id: 'server',
    permissions: [
      'roles:manage',
      'sign-on:manage',
      'keys:manage',
      'plugins:manage',
      'security:read',
      'health:read',
      'audit:read',
      'audit:review',
    ],
  },
];

export interface RoleCell {
  /** i18n key of the role. */
  readonly role: string;
  readonly kind: 'choice' | 'always' | 'never';
  readonly name: string;
  readonly checked: boolean;
  /** i18n key of why there is no choice, or null. */
  readonly reason: string | null;
  /** i18n key of what somebody else made of it meanwhile, or null. */
  readonly now: string | null;
}

export interface RolesView {
  readonly tabs: readonly AdminTab[];
  readonly roles: readonly {
    readonly role: StaffRole;
    /** i18n key. */
    readonly label: string;
    readonly versionName: string;
    readonly version: string;
    readonly changedAt: string | null;
    readonly changedBy: string | null;
  }[];
  readonly groups: readonly {
    readonly title: string;
    readonly rows: readonly {
      readonly label: string;
      readonly code: Permission;
      readonly cells: readonly RoleCell[];
    }[];
  }[];
  readonly zone: string;
  readonly done: string | null;
  readonly changedMeanwhile: boolean;
}

const DONE = ['saved', 'same', 'reset'] as const;

/** A form that could not be saved because somebody else was faster, with what was ticked in it; null for the form of one button. */
export interface Late {
  readonly typed: TypedRoles | null;
}

export function rolesView(who: Principal, sets: readonly RoleSet[], done: unknown, late: Late | null): RolesView {
  const said = DONE.find((one) => one === done);
  return {
    tabs: adminTabs(who, 'people'),
    roles: sets.map(({ role, version, changed }) => ({
      role,
      label: `access:role.${role}`,
      versionName: versionName(role),
      version,
      changedAt: changed?.at.toISOString() ?? null,
      changedBy: changed?.by ?? null,
    })),
    groups: PERMISSION_GROUPS.map(({ id, permissions }) => ({
      title: `admin:roles.group.${id}`,
      rows: permissions.map((permission) => ({
        label: permissionLabel(permission),
        code: permission,
        cells: sets.map((set) => cell(set, permission, late?.typed ?? null)),
      })),
    })),
    zone: who.timeZone ?? 'UTC',
    done: said ? `admin:roles.done.${said}` : null,
    changedMeanwhile: late !== null,
  };
}

/** i18n key of what a permission lets people do. */
export const permissionLabel = (permission: Permission): string => `admin:roles.may.${permission.replace(':', '-')}`;

function cell({ role, permissions }: RoleSet, permission: Permission, typed: TypedRoles | null): RoleCell {
  const held = permissions.includes(permission);
  const common = { role: `access:role.${role}`, name: boxName(role, permission), now: null };
  if (alwaysHolds(role, permission))
    return { ...common, kind: 'always', checked: true, reason: 'admin:roles.why.always' };
  const reason = whyNever(role, permission);
  if (reason !== null) return { ...common, kind: 'never', checked: false, reason };
  const checked = typed ? (typed.get(role)?.has(permission) ?? false) : held;
  const now = held ? 'admin:roles.now.yes' : 'admin:roles.now.no';
  return { ...common, kind: 'choice', checked, reason: null, now: checked === held ? null : now };
}

function whyNever(role: StaffRole, permission: Permission): string | null {
  // An owner hosts by being a clinician, not by a tick.
  if (role === 'owner' && permission === 'session:host') return 'admin:roles.why.clinicians';
  if (mayHold(role, permission)) return null;
  return OWNERS_ONLY.has(permission) ? 'admin:roles.why.owners' : 'admin:roles.why.machine';
}
