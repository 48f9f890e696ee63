import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROLES, systemPrincipal, type Principal, type Role } from '../../../src/platform/access/principal.js';
import { permissionsOf } from '../../../src/features/access/public.js';
import {
  FIELD_CLASSES,
  seesClass,
  seesField,
  writableOnly,
  type ClientField,
  type FieldClass,
} from '../../../src/features/people/field-policy.js';

const as = (role: Role): Principal => ({ kind: 'user', id: role, role, permissions: permissionsOf(role, false) });
const NAMES = Object.keys(FIELD_CLASSES) as FieldClass[];

describe('the field policy', () => {
  it('gives each role the classes its work needs', () => {
    const seen = ROLES.map((role) => [role, NAMES.filter((name) => seesClass(as(role), name)).join(' ')]);
    expect(Object.fromEntries(seen)).toEqual({
      owner: 'identity contact birth care',
      clinician: 'identity contact birth care',
      supervisor: 'identity contact birth care',
      scheduler: 'identity contact care',
      biller: 'identity birth',
      'it-admin': '',
      client: '',
      guardian: '',
    });
  });

  it('names each field once, and shows a field of no class to nobody', () => {
    const fields = NAMES.flatMap((name): readonly string[] => FIELD_CLASSES[name].fields);
    expect(new Set(fields).size).toBe(fields.length);
    expect(seesField(systemPrincipal('test'), 'somethingNew' as ClientField)).toBe(false);
  });

  it('lets nobody write what they do not see', () => {
    const input = {
      legalName: 'A',
      timeZone: 'UTC',
      email: 'a@example.org',
      phone: '5550142',
      birthDate: '1990-01-01',
    };
    expect(writableOnly(as('scheduler'), input)).toEqual({
      legalName: 'A',
      timeZone: 'UTC',
      email: 'a@example.org',
      phone: '5550142',
    });
    expect(writableOnly(as('clinician'), input)).toEqual(input);
    expect(writableOnly(as('biller'), input)).not.toHaveProperty('email');
  });

  it('is what docs/reference/field-policy.md says', () => {
    const doc = readFileSync(path.join(import.meta.dirname, '../../../docs/reference/field-policy.md'), 'utf8');
    const rows = doc
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    const code = (texts: readonly string[], between: string): string =>
      texts.map((text) => `\`${text}\``).join(between);
    expect(rows).toEqual(
      NAMES.map((name) => [
        `\`${name}\``,
        code(FIELD_CLASSES[name].fields, ', '),
        code(FIELD_CLASSES[name].anyOf, ' or '),
      ]),
    );
  });
});
