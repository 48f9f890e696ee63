import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DATABASE_PLAN, MIGRATIONS } from '../../../src/migrations.js';
import { newKeyRing } from '../../../src/platform/crypto/key-ring.js';
import { openDataSource } from '../../../src/platform/database/data-source.js';
import { migrate } from '../../../src/platform/database/migrate.js';
import { dbaScript, PLACEHOLDER } from '../../../src/platform/database/roles/dba-script.js';
import { guardCheck, roleChecks } from '../../../src/platform/database/roles/role-checks.js';
import { readRoleFacts, type RoleFacts } from '../../../src/platform/database/roles/role-facts.js';
import { installJobs } from '../../../src/platform/jobs/install-jobs.js';
import { LIMITS } from './support/open.js';
import { OwnedDatabase, refusal } from './support/two-users.js';

const CHANGE_AUDIT = `UPDATE core.audit_event SET outcome = 'ok'`;

/** Migrations of the version that worked as the owner. */
const VERSION_0_1 =
  'PlatformExtensions Crypto Audit Practice People Accounts KitConfirmation Scheduling Encounters'.split(' ');

describe('who the server works as', () => {
  const made: OwnedDatabase[] = [];
  const make = async (attributes?: string): Promise<OwnedDatabase> => {
    const database = await OwnedDatabase.make(attributes);
    made.push(database);
    return database;
  };
  let database: OwnedDatabase;
  afterEach(async () => {
    for (const each of made.splice(0)) await each.close();
  });

  const factsOf = (of: OwnedDatabase, role: string): Promise<RoleFacts> =>
    of.as(of.owner, async (client) => {
      const query = async (text: string, values?: unknown[]): Promise<unknown> =>
        (await client.query(text, values)).rows;
      const facts = await readRoleFacts({ query } as Parameters<typeof readRoleFacts>[0], role);
      if (!facts) throw new Error(`no role ${role}`);
      return facts;
    });
  const checksOf = async (of: OwnedDatabase, role: string): Promise<string[]> => {
    const facts = await factsOf(of, role);
    return [...roleChecks(facts, DATABASE_PLAN.grants), guardCheck(facts, DATABASE_PLAN.grants)]
      .filter(({ holds }) => !holds)
      .map(({ text }) => text);
  };

  describe('where the owner may not make roles', () => {
    beforeEach(async () => void (database = await make()));

    it('is the owner, in one line, until an administrator has run what is printed', async () => {
      const before = await database.start();
      expect(before.runtime).toMatchObject({ kind: 'owner', role: database.owner.user });
      const lines = before.warnings.filter((line) => line.startsWith('database: '));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/works as the owner .* DATABASE_APP_URL is unset\. See "alcove db roles --sql"/);
      // The trigger holds all the same.
      expect(await database.as(database.owner, (client) => refusal(client, CHANGE_AUDIT))).toBe('42501');

      const facts = await factsOf(database, database.owner.user);
      const script = dbaScript({ role: database.app, facts, exists: false, grants: DATABASE_PLAN.grants });
      await database.admin(script.replace(PLACEHOLDER, 'app'));
      // What is printed is complete: nothing is left for the server to grant.
      expect(await checksOf(database, database.app)).toEqual([]);
      const after = await database.start({ DATABASE_APP_URL: database.url(database.app, 'app') });
      expect(after.runtime).toMatchObject({ kind: 'configured', role: database.app, warning: null });
      expect(await checksOf(database, database.app)).toEqual([]);
      const app = { user: database.app, password: 'app' };
      expect(await database.as(app, (client) => refusal(client, CHANGE_AUDIT))).toBe('42501');
      expect(await database.as(app, (client) => refusal(client, 'CREATE TABLE public.mine (id int)'))).toBe('42501');
    });

    it('is the user of DATABASE_APP_URL from the first start on, when the script ran in an empty database', async () => {
      const facts = await factsOf(database, database.owner.user);
      const script = dbaScript({ role: 'anybody', facts, exists: false, grants: DATABASE_PLAN.grants });
      expect(script).toMatch(/the first start makes them/);
      const role = `${database.name}_app`;
      await database.admin(script.replaceAll('"anybody"', `"${role}"`).replace(PLACEHOLDER, 'app'));
      const ground = await database.start({ DATABASE_APP_URL: database.url(role, 'app') });
      expect(ground.runtime).toMatchObject({ kind: 'configured', role });
      expect(await checksOf(database, role)).toEqual([]);
    });

    it('is never somebody whom nothing can be refused without a word', async () => {
      await database.admin(`CREATE ROLE ${database.app} LOGIN SUPERUSER PASSWORD 'app'`);
      const ground = await database.start({ DATABASE_APP_URL: database.url(database.app, 'app') });
      expect(ground.warnings.join('\n')).toMatch(/is an administrator of PostgreSQL, whom nothing can be refused/);
      expect((await checksOf(database, database.app)).join('\n')).toMatch(/NOSUPERUSER/);
    });

    it('has one line for each way DATABASE_APP_URL can be wrong', async () => {
      const other = await make();
      await database.admin(`CREATE ROLE ${database.app} LOGIN PASSWORD 'app'`);
      const cases: [string, RegExp][] = [
        [other.url(database.app, 'app'), /^DATABASE_APP_URL: leads to another database than DATABASE_URL/],
        [database.url(database.app, 'canary'), /^DATABASE_APP_URL: PostgreSQL refuses the user or the password/],
        ['postgres://u:canary@127.0.0.1:1/x', /^DATABASE_APP_URL: no PostgreSQL answers/],
        ['postgres:///x', /^DATABASE_APP_URL: names no /],
      ];
      for (const [url, line] of cases) {
        const failed = database.start({ DATABASE_APP_URL: url });
        await expect(failed).rejects.toThrow(line);
        await expect(failed).rejects.not.toThrow(/canary/);
      }
      const same = await database.start({ DATABASE_APP_URL: database.url(database.owner.user, 'owner') });
      expect(same.runtime).toMatchObject({ kind: 'owner', warning: expect.stringMatching(/names the same user/) });
    });
  });

  describe('where the owner may make roles', () => {
    beforeEach(async () => void (database = await make('CREATEROLE')));

    it('joins a database that an earlier version made and worked in as its owner, which loses nothing', async () => {
      const earlier = MIGRATIONS.core.filter((each) => VERSION_0_1.includes(each.name.replace(/\d+$/, '')));
      expect(earlier).toHaveLength(VERSION_0_1.length);
      const owner = await openDataSource({ settings: database.owner, limits: LIMITS });
      await migrate(owner, { ...MIGRATIONS, core: earlier });
      await installJobs(owner);
      await owner.query(`INSERT INTO kernel.live_spool (id, body) VALUES (gen_random_uuid(), 'kept')`);
      await owner.destroy();
      const upgraded = await database.start();
      expect(upgraded.runtime).toMatchObject({ kind: 'made', role: database.app });
      expect(await upgraded.dataSource.query('SELECT body FROM kernel.live_spool')).toEqual([{ body: 'kept' }]);
      expect(await checksOf(database, database.app)).toEqual([]);
    });

    it('leaves a role of that name alone that somebody else made', async () => {
      await database.admin(`CREATE ROLE ${database.app} LOGIN PASSWORD 'theirs'`);
      const ground = await database.start();
      expect(ground.runtime.kind).toBe('owner');
      expect(ground.warnings.join('\n')).toMatch(/somebody else made a role/);
      expect(
        await database.as({ user: database.app, password: 'theirs' }, (client) => refusal(client, 'SELECT 1')),
      ).toBe('done');
    });

    it('is the owner, and says why, when the user it made cannot log in', async () => {
      await database.start();
      await database.admin(`ALTER ROLE ${database.app} CONNECTION LIMIT 0`);
      const ground = await database.start();
      expect(await ground.dataSource.query('SELECT current_user AS who')).toEqual([{ who: database.owner.user }]);
      expect(ground.warnings.join('\n')).toMatch(/works as the owner of the database, because .* cannot be used: /);
    });

    it('is another one for each of two installations in one PostgreSQL, and they do not meet', async () => {
      const other = await make('CREATEROLE');
      const [one, two] = [await database.start(), await other.start()];
      expect(one.runtime.role).not.toBe(two.runtime.role);
      const stranger = { user: two.runtime.settings.user, password: two.runtime.settings.password };
      expect(await database.as(stranger, (client) => refusal(client, 'SELECT FROM core.audit_event'))).toBe('42501');
    });

    it('is one user for two servers that start at the same moment', async () => {
      const grounds = await Promise.all([database.start(), database.start()]);
      for (const { runtime, dataSource } of grounds) {
        expect(runtime.role).toBe(database.app);
        expect(await dataSource.query('SELECT current_user AS who')).toEqual([{ who: database.app }]);
      }
    });

    it('keeps its password when a server with other keys is turned away', async () => {
      const ground = await database.start();
      await expect(database.start({}, newKeyRing())).rejects.toThrow(/keys-wrong|root key differs/);
      expect(await database.as(ground.runtime.settings, (client) => refusal(client, 'SELECT 1'))).toBe('done');
    });

    it('gets no password that PostgreSQL or its log could have read', async () => {
      const ground = await database.start();
      const password = ground.runtime.settings.password ?? '';
      expect(password).toMatch(/^[0-9a-f]{64}$/);
      const stored = await database.verifier(database.app);
      expect(stored).toMatch(/^SCRAM-SHA-256\$4096:/);
      expect(stored).not.toContain(password);
    });
  });
});
