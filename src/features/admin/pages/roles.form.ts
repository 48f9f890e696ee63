import { PERMISSIONS, STAFF_ROLES, type Permission, type StaffRole, type WantedRole } from '../../access/public.js';

/** Name of the box of one permission of one role. */
export const boxName = (role: StaffRole, permission: Permission): string => `${role}.${permission}`;
/** Name of the hidden field with the version that the page was made from. */
export const versionName = (role: StaffRole): string => `${role}.version`;

/** What was ticked, by role. */
export type TypedRoles = ReadonlyMap<StaffRole, ReadonlySet<Permission>>;

/**
 * The sets a sent form asks for. Boxes are read by the names that exist; every other field is left alone, and a role whose version is
 * missing can only be saved as what it is.
 */
export function readRoles(body: unknown): WantedRole[] {
  const text = (name: string): string => textField(body, name);
  return STAFF_ROLES.map((role) => ({
    role,
    version: text(versionName(role)),
    permissions: ALL.filter((permission) => text(boxName(role, permission)) === 'on'),
  }));
}

/** A field's own text, or nothing. */
export function textField(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}

const ALL = Object.keys(PERMISSIONS) as Permission[];

export const typedRoles = (wanted: readonly WantedRole[]): TypedRoles =>
  new Map(wanted.map(({ role, permissions }) => [role, new Set(permissions as Permission[])]));
