import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROLES } from '../../../platform/access/principal.js';
import {
  alwaysHolds,
  homeOf,
  isStaff,
  mayHold,
  OWNERS_ONLY,
  PERMISSIONS,
  permissionsOf,
  ROLE_PERMISSIONS,
  setOf,
  type Permission,
} from './permissions.js';

const CLIENT_DATA = [
  'day:read',
  'calendar:read',
  'calendar:write',
  'clients:read',
  'clients:write',
  'chart:read',
  'session:host',
  'portal:use',
];

describe('permissions', () => {
  it('gives IT admins nothing that opens client data', () => {
    const set = permissionsOf('it-admin', true);
    expect(CLIENT_DATA.filter((key) => set.has(key))).toEqual([]);
  });

  it.each(['client', 'guardian'] as const)('gives %s the portal and their own account, nothing else', (role) => {
    expect([...permissionsOf(role, false)].sort()).toEqual(['account:self', 'portal:use']);
    expect(isStaff(role)).toBe(false);
  });

  it('lets owners host sessions only when they are clinicians', () => {
    expect(permissionsOf('owner', false).has('session:host')).toBe(false);
    expect(permissionsOf('owner', true).has('session:host')).toBe(true);
    expect(permissionsOf('scheduler', true).has('session:host')).toBe(false);
  });

  it('lets no scheduler or biller open a chart', () => {
    for (const role of ['scheduler', 'biller'] as const)
      expect(permissionsOf(role, true).has('chart:read')).toBe(false);
  });

  it('gives everybody their own account and a first page', () => {
    expect(
      ROLES.map((role) => [role, homeOf(permissionsOf(role, false)), permissionsOf(role, false).has('account:self')]),
    ).toEqual([
      ['owner', '/today', true],
      ['clinician', '/today', true],
      ['supervisor', '/today', true],
      ['scheduler', '/today', true],
      ['biller', '/clients', true],
      ['it-admin', '/admin', true],
      ['client', '/portal', true],
      ['guardian', '/portal', true],
    ]);
  });

  it('breaks none of its own walls with the usual sets', () => {
    for (const role of ROLES) {
      expect(ROLE_PERMISSIONS[role].filter((key) => !mayHold(role, key))).toEqual([]);
      const all = Object.keys(PERMISSIONS) as Permission[];
      expect(all.filter((key) => alwaysHolds(role, key) && !mayHold(role, key))).toEqual([]);
    }
  });

  it('takes an adjusted set for what it is, within the walls', () => {
    expect(setOf('scheduler', ['chart:read', 'day:read'])).toEqual(['account:self', 'day:read', 'chart:read']);
    expect(setOf('scheduler', [])).toEqual(['account:self']);
    expect(setOf('it-admin', ['*', 'chart:read', 'audit:read', 'clients:read', 'health:read'])).toEqual([
      'account:self',
      'health:read',
    ]);
    expect(setOf('client', ['portal:use', 'chart:read', 'staff:manage'])).toEqual(['account:self', 'portal:use']);
    expect(setOf('owner', [])).toEqual(['account:self', 'staff:read', 'staff:manage', 'roles:manage']);
    for (const role of ROLES.filter((one) => one !== 'owner'))
      expect(setOf(role, [...OWNERS_ONLY]).filter((key) => OWNERS_ONLY.has(key))).toEqual([]);
  });

  it('is what docs/reference/roles.md says', () => {
    const doc = readFileSync(path.join(import.meta.dirname, '../../../../docs/reference/roles.md'), 'utf8');
    const cell = (role: (typeof ROLES)[number], key: string): string =>
      key === 'account:self' || ROLE_PERMISSIONS[role].some((one) => one === key) ? 'yes' : '';
    const lines = Object.keys(PERMISSIONS).map((key) => [`\`${key}\``, ...ROLES.map((role) => cell(role, key))]);
    const documented = doc
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((text) => text.trim()),
      );
    expect(documented).toEqual(lines);
  });
});
