import { describe, expect, it } from '@jest/globals';
import type { StaffRole } from '../roles/permissions.js';
import { roleFromGroups } from './role-from-groups.js';

const MAPPING = new Map<string, StaffRole>([
  ['desk', 'scheduler'],
  ['care', 'clinician'],
  ['machines', 'it-admin'],
]);
const WITH_OWNERS = new Map([...MAPPING, ['heads', 'owner'] as const]);

describe('roleFromGroups', () => {
  it('gives the highest role of the mapped groups', () => {
    expect(roleFromGroups(['x', 'machines', 'care', 'desk'], MAPPING, 'biller', false)).toEqual({
      kind: 'become',
      role: 'clinician',
    });
    expect(roleFromGroups(['care'], MAPPING, 'clinician', true)).toEqual({ kind: 'keep' });
  });

  it('keeps the role of somebody in no mapped group, unless groups decide', () => {
    expect(roleFromGroups(['x'], MAPPING, 'biller', false)).toEqual({ kind: 'keep' });
    expect(roleFromGroups(['x'], MAPPING, 'biller', true)).toEqual({ kind: 'refuse' });
    expect(roleFromGroups([], new Map(), 'owner', true)).toEqual({ kind: 'refuse' });
  });

  it('makes owners and takes it from them only where a group says owner', () => {
    expect(roleFromGroups(['desk'], MAPPING, 'owner', false)).toEqual({ kind: 'keep' });
    expect(roleFromGroups(['desk'], WITH_OWNERS, 'owner', false)).toEqual({ kind: 'become', role: 'scheduler' });
    expect(roleFromGroups(['desk', 'heads'], WITH_OWNERS, 'scheduler', false)).toEqual({
      kind: 'become',
      role: 'owner',
    });
    expect(roleFromGroups(['x'], WITH_OWNERS, 'owner', false)).toEqual({ kind: 'keep' });
  });

  it('makes a new account of a mapped group only, and never an owner', () => {
    expect(roleFromGroups(['desk'], WITH_OWNERS, null, false)).toEqual({ kind: 'become', role: 'scheduler' });
    expect(roleFromGroups(['heads'], WITH_OWNERS, null, false)).toEqual({ kind: 'refuse' });
    expect(roleFromGroups(['x'], WITH_OWNERS, null, false)).toEqual({ kind: 'refuse' });
    expect(roleFromGroups(['__proto__', 'constructor'], WITH_OWNERS, null, false)).toEqual({ kind: 'refuse' });
  });
});
