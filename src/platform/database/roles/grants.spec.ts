import { describe, expect, it } from '@jest/globals';
import { dbaScript, PLACEHOLDER } from './dba-script.js';
import { grantChanges } from './grants.js';
import { quotedPath, roleNameFor, scramVerifier } from './identifiers.js';
import { guardCheck, roleChecks } from './role-checks.js';
import type { RoleFacts } from './role-facts.js';
import { appendOnly, EVERY_ROW_RIGHT, grantsByTable, readOnly } from './table-grants.js';

const DECLARED = [appendOnly('core.record'), readOnly('core.migration')];

const GOOD: RoleFacts = {
  role: 'x_app',
  reader: 'x',
  database: { name: 'x', held: ['CONNECT'] },
  attributes: [],
  memberOf: [],
  owns: [],
  schemas: ['core', 'jobs', 'kernel', 'public'].map((name) => ({ name, held: ['USAGE'] })),
  tables: [
    { name: 'core.record', held: ['SELECT', 'INSERT'] },
    { name: 'core.migration', held: ['SELECT'] },
    { name: 'core.thing', held: EVERY_ROW_RIGHT },
  ],
  sequences: [],
  functions: [{ name: 'core.f', held: ['EXECUTE'] }],
  guards: new Map([['core.record', ['UPDATE', 'DELETE', 'TRUNCATE']]]),
};

describe('the rights of the runtime user', () => {
  it('are left alone where they are right', () => {
    expect(grantChanges(GOOD, DECLARED)).toEqual([]);
    expect(roleChecks(GOOD, DECLARED).filter(({ holds }) => !holds)).toEqual([]);
    expect(guardCheck(GOOD, DECLARED).holds).toBe(true);
  });

  it('are set right by statements for exactly what differs', () => {
    const tables = [
      { name: 'core.record', held: ['SELECT', 'INSERT', 'UPDATE'] },
      { name: 'core.thing', held: ['SELECT'] },
      { name: 'core.migration', held: ['SELECT'] },
    ];
    const changes = grantChanges(
      { ...GOOD, tables, database: { name: 'x', held: ['CONNECT', 'TEMPORARY'] } },
      DECLARED,
    );
    expect(changes.flatMap(({ statements }) => statements)).toEqual([
      'REVOKE TEMPORARY ON DATABASE "x" FROM "x_app", PUBLIC',
      'GRANT CONNECT ON DATABASE "x" TO "x_app"',
      'REVOKE UPDATE ON TABLE "core"."record" FROM "x_app", PUBLIC',
      'GRANT SELECT, INSERT ON TABLE "core"."record" TO "x_app"',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "core"."thing" TO "x_app"',
    ]);
  });

  it('reach into no schema of a plugin, and make nothing there', () => {
    const plugin = (held: string[]): RoleFacts => ({ ...GOOD, schemas: [{ name: 'plugin_a', held }] });
    expect(grantChanges(plugin([]), DECLARED)).toEqual([]);
    expect(grantChanges(plugin(['USAGE']), DECLARED)).toEqual([]);
    expect(grantChanges(plugin(['CREATE']), DECLARED)).toHaveLength(1);
  });

  it('cannot be declared twice', () => {
    expect(() => grantsByTable([appendOnly('core.record'), readOnly('core.record')])).toThrow(/core\.record .* twice/);
  });

  it('need a trigger for each statement that is refused on rows written once', () => {
    const guards = new Map([['core.record', ['UPDATE', 'TRUNCATE']]]);
    expect(guardCheck({ ...GOOD, guards }, DECLARED)).toMatchObject({
      holds: false,
      text: expect.stringMatching(/core\.record \(DELETE\)/),
    });
  });

  it('name at most three objects in a sentence', () => {
    const tables = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name: `core.${name}`, held: [] }));
    const rows = roleChecks({ ...GOOD, tables }, []).find(({ check }) => check === 'db-rows');
    expect(rows?.text).toMatch(/"core"\."c", and 2 more: restart the server/);
  });
});

describe('what an administrator runs', () => {
  const options = { role: 'x_app', facts: GOOD, grants: DECLARED };

  it('makes the user with a placeholder and gives it every right from nothing', () => {
    const script = dbaScript({ ...options, facts: { ...GOOD, role: 'x' }, exists: false });
    expect(script).toContain(`CREATE ROLE "x_app" LOGIN NOSUPERUSER`);
    expect(script).toContain(`PASSWORD '${PLACEHOLDER}';`);
    expect(script).toContain('GRANT SELECT, INSERT ON TABLE "core"."record" TO "x_app";');
    expect(script).toContain('GRANT USAGE ON SCHEMA "core" TO "x_app";');
  });

  it('makes no user that is there, and repeats no right that holds', () => {
    const script = dbaScript({ ...options, exists: true });
    expect(script).not.toMatch(/CREATE ROLE|ON TABLE "/);
  });
});

describe('names and passwords', () => {
  it('a role carries the name of its database, and never more than PostgreSQL keeps', () => {
    expect(roleNameFor('care', 'app')).toBe('care_app');
    const long = roleNameFor('d'.repeat(63), 'app');
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(63);
    expect(long).not.toBe(roleNameFor(`${'d'.repeat(62)}e`, 'app'));
  });

  it('are quoted', () => expect(quotedPath('core.a"b.c')).toBe('"core"."a""b.c"'));

  it('a verifier has a salt of its own and no password in it', () => {
    const [one, two] = [scramVerifier('secret'), scramVerifier('secret')];
    expect(one).toMatch(/^SCRAM-SHA-256\$4096:[\w+/]{22}==\$[\w+/]{43}=:[\w+/]{43}=$/);
    expect(one).not.toBe(two);
  });
});
