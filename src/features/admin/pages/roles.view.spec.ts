import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../platform/access/principal.js';
import { PERMISSIONS, ROLE_PERMISSIONS, STAFF_ROLES, type Permission, type RoleSet } from '../../access/public.js';
import { boxName, readRoles, typedRoles } from './roles.form.js';
import { PERMISSION_GROUPS, rolesView, type RoleCell } from './roles.view.js';

const who: Principal = { kind: 'user', id: 'a', role: 'owner', permissions: new Set(['roles:manage', 'staff:read']) };
const sets: RoleSet[] = STAFF_ROLES.map((role) => ({
  role,
  permissions: ['account:self', ...ROLE_PERMISSIONS[role]],
  changed: role === 'biller' ? { at: new Date('2026-03-02T10:00:00Z'), by: 'Harriet' } : null,
  version: role === 'biller' ? '2026-03-02T10:00:00.000Z' : 'usual',
}));
const cellsOf = (view: ReturnType<typeof rolesView>): RoleCell[] =>
  view.groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells));
const cellOf = (view: ReturnType<typeof rolesView>, name: string): RoleCell | undefined =>
  cellsOf(view).find((cell) => cell.name === name);

describe('the page of roles', () => {
  const view = rolesView(who, sets, undefined, null);

  it('has every permission once, but for the two that are not adjusted', () => {
    const listed = PERMISSION_GROUPS.flatMap(({ permissions }) => permissions).sort();
    const all = (Object.keys(PERMISSIONS) as Permission[]).filter(
      (key) => key !== 'account:self' && key !== 'portal:use',
    );
    expect(listed).toEqual(all.sort());
    expect(cellsOf(view)).toHaveLength(all.length * STAFF_ROLES.length);
  });

  it('says why where there is nothing to tick', () => {
    const facts = (name: string): unknown[] => {
      const cell = cellOf(view, name);
      return [cell?.kind, cell?.checked, cell?.reason];
    };
    expect(facts('owner.roles:manage')).toEqual(['always', true, 'admin:roles.why.always']);
    expect(facts('owner.session:host')).toEqual(['never', false, 'admin:roles.why.clinicians']);
    expect(facts('clinician.staff:manage')).toEqual(['never', false, 'admin:roles.why.owners']);
    expect(facts('it-admin.chart:read')).toEqual(['never', false, 'admin:roles.why.machine']);
    expect(facts('scheduler.chart:read')).toEqual(['choice', false, null]);
    expect(facts('biller.clients:read')).toEqual(['choice', true, null]);
  });

  it('says who changed a role when', () => {
    expect(view.roles.find(({ role }) => role === 'biller')).toMatchObject({
      changedBy: 'Harriet',
      changedAt: '2026-03-02T10:00:00.000Z',
    });
    expect([rolesView(who, sets, 'saved', null).done, rolesView(who, sets, '<b>', null).done]).toEqual([
      'admin:roles.done.saved',
      null,
    ]);
  });

  it('keeps what was ticked, with what is there now beside what differs', () => {
    const typed = typedRoles(readRoles({ 'biller.health:read': 'on' }));
    const late = rolesView(who, sets, undefined, { typed });
    expect(late.changedMeanwhile).toBe(true);
    expect(cellOf(late, 'biller.health:read')).toMatchObject({ checked: true, now: 'admin:roles.now.no' });
    expect(cellOf(late, 'biller.clients:read')).toMatchObject({ checked: false, now: 'admin:roles.now.yes' });
    expect(cellOf(late, 'biller.audit:read')).toMatchObject({ checked: false, now: null });
  });
});

describe('readRoles', () => {
  it('reads boxes and versions by the names there are, and nothing else', () => {
    const body = Object.assign(Object.create({ 'owner.chart:read': 'on' }) as object, {
      'clinician.day:read': 'on',
      'clinician.version': 'usual',
      'scheduler.day:read': ['on'],
      'biller.day:read': 'yes',
      'client.chart:read': 'on',
      'biller.*': 'on',
      'supervisor.version': { toString: 'usual' },
    });
    const read = readRoles(body);
    expect(read.map(({ role }) => role)).toEqual(STAFF_ROLES);
    expect(read.filter(({ permissions, version }) => permissions.length > 0 || version !== '')).toEqual([
      { role: 'clinician', version: 'usual', permissions: ['day:read'] },
    ]);
    expect(readRoles(null).every(({ permissions }) => permissions.length === 0)).toBe(true);
    expect(boxName('it-admin', 'health:read')).toBe('it-admin.health:read');
  });
});
