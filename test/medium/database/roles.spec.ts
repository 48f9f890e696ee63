import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { OpenedGround } from '../../../src/open-ground.js';
import { DATABASE_PLAN } from '../../../src/migrations.js';
import { prepareDatabase } from '../../../src/platform/database/prepare-database.js';
import { applyGrants } from '../../../src/platform/database/roles/grants.js';
import { guardCheck, roleChecks } from '../../../src/platform/database/roles/role-checks.js';
import { readRoleFacts } from '../../../src/platform/database/roles/role-facts.js';
import { appendOnly } from '../../../src/platform/database/roles/table-grants.js';
import { OwnedDatabase, refusal } from './support/two-users.js';

const INSERT_EVENT = `INSERT INTO core.audit_event (id, at, actor_kind, actor_id, action, outcome, leaf)
  VALUES (gen_random_uuid(), now(), 'system', 'test', 'test.act', 'ok', '\\x00')`;

describe('the two users of a database', () => {
  let database: OwnedDatabase;
  let ground: OpenedGround;
  let app: { user: string; password: string };

  beforeAll(async () => {
    database = await OwnedDatabase.make('CREATEROLE');
    ground = await database.start();
    app = { user: ground.runtime.settings.user, password: ground.runtime.settings.password ?? '' };
  });
  afterAll(() => database.close());

  /** Names of the checks that do not hold now. */
  const broken = (): Promise<string[]> =>
    ground.owner.use('test', async (owner) => {
      const facts = await readRoleFacts(owner, app.user);
      if (!facts) throw new Error('no facts');
      const checks = [...roleChecks(facts, DATABASE_PLAN.grants), guardCheck(facts, DATABASE_PLAN.grants)];
      return checks.filter(({ holds }) => !holds).map(({ check }) => check);
    });

  it('the server makes the runtime user by itself and works as it', async () => {
    expect(ground.runtime).toMatchObject({ kind: 'made', role: database.app, warning: null });
    expect(await ground.dataSource.query('SELECT current_user AS who')).toEqual([{ who: database.app }]);
    expect(ground.warnings.filter((line) => line.startsWith('database:'))).toEqual([]);
    expect(await broken()).toEqual([]);
  });

  it('no connection of the owner is left open', async () => {
    const rows = await database.as(app, (client) =>
      client.query(
        `SELECT usename::text AS who FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'alcove%'`,
      ),
    );
    expect(new Set(rows.rows.map(({ who }: { who: string }) => who))).toEqual(new Set([database.app]));
  });

  it.each([
    'CREATE TABLE core.mine (id int)',
    'CREATE TABLE public.mine (id int)',
    'CREATE TEMPORARY TABLE mine (id int)',
    'CREATE SCHEMA mine',
    'CREATE EXTENSION pgcrypto',
    `CREATE FUNCTION core.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    'CREATE INDEX ON core.appointment (id)',
    'CREATE TRIGGER mine BEFORE INSERT ON core.audit_event EXECUTE FUNCTION core.refuse_change()',
    'ALTER TABLE core.appointment ADD COLUMN mine int',
    'ALTER TABLE core.audit_event DISABLE TRIGGER ALL',
    'ALTER TABLE jobs.queue ADD COLUMN mine int',
    'DROP TABLE core.audit_event',
    'DROP FUNCTION core.refuse_audit_change() CASCADE',
    'TRUNCATE core.audit_event',
    'TRUNCATE core.audit_pending',
    'TRUNCATE core.appointment CASCADE',
    `UPDATE core.audit_event SET outcome = 'ok'`,
    'DELETE FROM core.audit_event',
    'UPDATE core.audit_batch SET total = 0',
    'DELETE FROM core.audit_batch',
    'UPDATE core.audit_pending SET seq = 0',
    `INSERT INTO core.migration (name) VALUES ('Mine1')`,
    'DELETE FROM kernel.migration',
    `SELECT setval(pg_get_serial_sequence('core.audit_event', 'seq'), 1)`,
    'ALTER ROLE CURRENT_USER CREATEROLE',
    'SET session_replication_role = replica',
    `COPY core.audit_event TO PROGRAM 'true'`,
    `SELECT pg_read_file('/etc/passwd')`,
  ])('refuses the runtime user: %s', async (statement) => {
    expect(await database.as(app, (client) => refusal(client, statement))).toBe('42501');
  });

  it('refuses the runtime user to become the owner', async () => {
    const { user } = database.owner;
    for (const statement of [`SET ROLE ${user}`, `SET SESSION AUTHORIZATION ${user}`, `GRANT ${user} TO ${app.user}`])
      expect([statement, await database.as(app, (client) => refusal(client, statement))]).toEqual([statement, '42501']);
  });

  it('gives the runtime user nothing that it gives to itself', async () => {
    await database.as(app, async (client) => {
      // PostgreSQL answers with a warning.
      await client.query('GRANT UPDATE ON core.audit_event TO CURRENT_USER');
      expect(await refusal(client, `UPDATE core.audit_event SET outcome = 'ok'`)).toBe('42501');
    });
    expect(await broken()).toEqual([]);
  });

  it('lets the runtime user do what the server does, so that the refusals above mean something', async () => {
    const spool = `INSERT INTO kernel.live_spool (id, body) VALUES (gen_random_uuid(), 'x')`;
    for (const statement of [spool, 'UPDATE kernel.live_spool SET body = body', 'DELETE FROM kernel.live_spool'])
      expect(await database.as(app, (client) => refusal(client, statement))).toBe('done');
    for (const statement of [INSERT_EVENT, 'DELETE FROM core.audit_pending', 'SELECT FROM core.audit_batch'])
      expect(await database.as(app, (client) => refusal(client, statement))).toBe('done');
    expect(
      await database.as(app, (client) => refusal(client, `SELECT jobs.create_queue('t', '{"policy":"standard"}')`)),
    ).toBe('done');
  });

  it('every declared table is there, and every table that is guarded from all changes is declared', async () => {
    const facts = await ground.owner.use('test', (owner) => readRoleFacts(owner, app.user));
    const declared = DATABASE_PLAN.grants.map(({ table }) => table);
    const there = new Set(facts?.tables.map(({ name }) => name));
    expect(declared.filter((table) => !there.has(table))).toEqual([]);
    const guarded = [...(facts?.guards ?? [])].filter(
      ([, words]) => words.includes('UPDATE') && words.includes('DELETE'),
    );
    expect(guarded.map(([table]) => table)).toEqual(expect.arrayContaining(['core.audit_event', 'core.audit_batch']));
    expect(guarded.filter(([table]) => !declared.includes(table))).toEqual([]);
  });

  it('refuses the owner, by trigger, to change what the audit wrote', async () => {
    await database.as(database.owner, async (client) => {
      for (const statement of [
        `UPDATE core.audit_event SET outcome = 'ok'`,
        'DELETE FROM core.audit_event',
        'TRUNCATE core.audit_event',
        'UPDATE core.audit_batch SET total = 0',
        'DELETE FROM core.audit_batch',
        'TRUNCATE core.audit_batch',
        'TRUNCATE core.audit_pending',
      ])
        expect([statement, await refusal(client, statement)]).toEqual([statement, '42501']);
      expect(await refusal(client, 'DELETE FROM core.audit_pending')).toBe('done');
    });
  });

  it('changes nothing when the grants are given again', async () => {
    const acls = (): Promise<unknown> =>
      database.as(database.owner, async (client) => {
        const { rows } = await client.query(
          `SELECT c.oid::regclass::text AS name, c.relacl::text AS acl, c.xmin::text AS version FROM pg_class c
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('core', 'kernel', 'jobs') AND c.relkind IN ('r', 'p') ORDER BY 1`,
        );
        return rows as unknown;
      });
    const before = await acls();
    await database.start();
    const changed = await ground.owner.use('test', async (owner) => {
      const runner = owner.createQueryRunner();
      try {
        return await applyGrants(runner, app.user, DATABASE_PLAN.grants);
      } finally {
        await runner.release();
      }
    });
    expect(changed).toEqual([]);
    expect(await acls()).toEqual(before);
  });

  it('a new table is reached only after the grants, and then as it was declared', async () => {
    class Notes1764999000001 implements MigrationInterface {
      readonly name = 'Notes1764999000001';
      async up(runner: QueryRunner): Promise<void> {
        await runner.query('CREATE TABLE core.test_note (id int PRIMARY KEY, text text)');
        await runner.query(`CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core.test_note
          FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change()`);
      }
      async down(): Promise<void> {}
    }
    // Somebody once made new tables open to everybody; the grants close that, too.
    await database.as(database.owner, (client) =>
      client.query('ALTER DEFAULT PRIVILEGES IN SCHEMA core GRANT ALL ON TABLES TO PUBLIC'),
    );
    await database.start();
    const insert = `INSERT INTO core.test_note VALUES (1, 'x')`;
    const { migrations } = DATABASE_PLAN;
    const plan = {
      migrations: { ...migrations, core: [...migrations.core, Notes1764999000001] },
      installers: [],
      grants: [...DATABASE_PLAN.grants, appendOnly('core.test_note')],
    };
    const seen: string[] = [];
    const spy = async (): Promise<string[]> => {
      seen.push(await database.as(app, (client) => refusal(client, insert)));
      return [];
    };
    const wish = { owner: database.owner, configured: null, passwordFor: () => app.password };
    await ground.owner.use('test', (owner) => prepareDatabase(owner, { ...plan, installers: [spy] }, wish));
    expect(seen).toEqual(['42501']);
    expect(await database.as(app, (client) => refusal(client, insert))).toBe('done');
    expect(await database.as(app, (client) => refusal(client, 'DELETE FROM core.test_note'))).toBe('42501');
    expect(await database.as(database.owner, (client) => refusal(client, 'DELETE FROM core.test_note'))).toBe('42501');
    await database.as(database.owner, (client) => client.query('DROP TABLE core.test_note'));
  });

  it.each([
    ['db-rows', 'GRANT UPDATE ON core.audit_event TO $app', ''],
    ['db-rows', 'GRANT UPDATE (reason) ON core.audit_event TO $app', ''],
    ['db-rows', 'GRANT DELETE ON core.audit_batch TO PUBLIC', ''],
    ['db-rows', 'GRANT TRUNCATE ON core.appointment TO $app', ''],
    ['db-rows', 'REVOKE INSERT ON core.appointment FROM $app', ''],
    ['db-making', 'GRANT CREATE ON SCHEMA public TO PUBLIC', ''],
    ['db-making', 'GRANT CREATE, TEMPORARY ON DATABASE $name TO $app', ''],
    ['db-attributes', 'ALTER ROLE $app CREATEDB', 'ALTER ROLE $app NOCREATEDB'],
    ['db-membership', 'GRANT pg_write_all_data TO $app', 'REVOKE pg_write_all_data FROM $app'],
    ['db-ownership', 'ALTER TABLE kernel.live_spool OWNER TO $app', 'ALTER TABLE kernel.live_spool OWNER TO $owner'],
    [
      'db-guards',
      'ALTER TABLE core.audit_event DISABLE TRIGGER append_only',
      'ALTER TABLE core.audit_event ENABLE TRIGGER append_only',
    ],
    [
      'db-definers',
      'ALTER FUNCTION core.refuse_change() SECURITY DEFINER',
      'ALTER FUNCTION core.refuse_change() SECURITY INVOKER',
    ],
  ])('notices (%s): %s', async (check, plant, undo) => {
    const named = (text: string): string =>
      text.replace('$app', app.user).replace('$name', database.name).replace('$owner', database.owner.user);
    await database.admin(named(plant));
    expect(await broken()).toContain(check);
    if (undo) await database.admin(named(undo));
    // The rest the next start sets right by itself.
    await database.start();
    expect(await broken()).toEqual([]);
  });
});
