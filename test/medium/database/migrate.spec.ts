import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { migrate, pendingMigrations, type MigrationClass } from '../../../src/platform/database/migrate.js';
import { platformKernelMigrations, platformMigrations } from '../../../src/platform/database/migrations/index.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { openTest } from './support/open.js';

/** A migration that runs these statements. */
function migration(name: string, statements: readonly string[], transaction = true): MigrationClass {
  return class implements MigrationInterface {
    readonly name = name;
    readonly transaction = transaction;
    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }
    async down(): Promise<void> {}
  };
}

describe('migrate', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await freshDatabase();
    dataSource = await openTest(database);
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.close();
  });
  const tables = async (schema: string): Promise<string[]> => {
    const rows: { name: string }[] = await dataSource.query(
      'select tablename as name from pg_tables where schemaname = $1 order by 1',
      [schema],
    );
    return rows.map((row) => row.name);
  };

  it('runs kernel before core, each once, in the order of their numbers', async () => {
    const lists = {
      kernel: [migration('Base1764000000100', ['create table kernel.base (id int)'])],
      core: [
        migration('Second1764000000302', ['alter table core.first add column more int']),
        migration('First1764000000301', ['create table core.first (id int)', 'insert into kernel.base values (1)']),
      ],
    };
    expect(await pendingMigrations(dataSource, lists)).toHaveLength(3);
    expect((await migrate(dataSource, lists)).ran).toEqual([
      'kernel.Base1764000000100',
      'core.First1764000000301',
      'core.Second1764000000302',
    ]);
    expect((await migrate(dataSource, lists)).ran).toEqual([]);
    expect(await pendingMigrations(dataSource, lists)).toEqual([]);
  });

  it('brings the platform its extension and its spool', async () => {
    await migrate(dataSource, { kernel: platformKernelMigrations, core: platformMigrations });
    expect(await tables('kernel')).toContain('live_spool');
    await dataSource.query(
      'create table core.t (kind text, during tstzrange, exclude using gist (kind with =, during with &&))',
    );
  });

  it('leaves nothing of a failed migration behind, keeps those before it, and names it', async () => {
    const good = migration('Good1764000000001', ['create table core.good (id int)']);
    const bad = migration('Bad1764000000002', ['create table core.half (id int)', 'select 1/0']);
    const lists = { kernel: [], core: [good, bad] };
    await expect(migrate(dataSource, lists)).rejects.toThrow(
      /migration core\.Bad1764000000002 failed: division by zero/,
    );
    expect(await tables('core')).toEqual(['good', 'migration']);
    expect(await pendingMigrations(dataSource, lists)).toEqual(['core.Bad1764000000002']);
    const mended = migration('Bad1764000000002', ['create table core.whole (id int)']);
    expect((await migrate(dataSource, { kernel: [], core: [good, mended] })).ran).toEqual(['core.Bad1764000000002']);
  });

  it('lets one of many run them and the others wait', async () => {
    // Without the lock the second CREATE TABLE would fail: the first transaction is still open when it comes.
    const slow = migration('Slow1764000000001', ['create table core.slow (id int)', 'select pg_sleep(0.4)']);
    const others = await Promise.all([openTest(database), openTest(database)]);
    try {
      const runs = await Promise.all(
        [dataSource, ...others].map((each) => migrate(each, { kernel: [], core: [slow] })),
      );
      expect(runs.map((run) => run.ran.length).sort()).toEqual([0, 0, 1]);
    } finally {
      for (const other of others) await other.destroy();
    }
  });

  it('is not held to the time limits of requests', async () => {
    const limited = await openTest(database, { statementTimeoutMs: 200 });
    try {
      await expect(limited.query('select pg_sleep(1)')).rejects.toThrow(/statement timeout/);
      const long = migration('Long1764000000001', ['select pg_sleep(0.6)']);
      expect((await migrate(limited, { kernel: [], core: [long] })).ran).toHaveLength(1);
    } finally {
      await limited.destroy();
    }
  });

  it('builds an index concurrently outside a transaction', async () => {
    const lists = {
      kernel: [],
      core: [
        migration('Table1764000000001', ['create table core.big (id int)']),
        migration('Index1764000000002', ['create index concurrently big_id on core.big (id)'], false),
      ],
    };
    expect((await migrate(dataSource, lists)).ran).toHaveLength(2);
  });

  it('refuses two migrations with one number, and a name without one', async () => {
    const twice = [migration('One1764000000001', []), migration('Other1764000000001', [])];
    await expect(migrate(dataSource, { kernel: [], core: twice })).rejects.toThrow(/same number/);
    await expect(migrate(dataSource, { kernel: [migration('Nameless', [])], core: [] })).rejects.toThrow(/13 digits/);
  });
});
