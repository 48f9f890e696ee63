import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { messageOf } from '../process/error-facts.js';
import { withMigrationLock } from './migration-lock.js';

export type MigrationClass = new () => MigrationInterface;

/** Migrations by the schema they belong to, in the order the schemas are migrated. */
export interface MigrationLists {
  readonly kernel: readonly MigrationClass[];
  readonly core: readonly MigrationClass[];
}

export interface MigrationRun {
  /** `schema.Name` of what ran now. */
  readonly ran: readonly string[];
}

const SCHEMAS = ['kernel', 'core'] as const;

/**
 * Brings the database up to date: first schema `kernel`, then `core`, each migration in a transaction of its own, all under one
 * advisory lock on a connection without time limits. Of two processes at once one waits and finds nothing left to do.
 * @throws the first failure, with the name of the migration; what ran before stays, the failed one leaves nothing behind.
 */
export async function migrate(dataSource: DataSource, lists: MigrationLists): Promise<MigrationRun> {
  return withMigrationLock(dataSource, (runner) => runMigrations(runner, lists));
}

/** The same, on a connection that holds the lock already. */
export async function runMigrations(runner: QueryRunner, lists: MigrationLists): Promise<MigrationRun> {
  const planned = SCHEMAS.map((schema) => ({ schema, migrations: inOrder(lists[schema]) }));
  const ran: string[] = [];
  for (const { schema, migrations } of planned) {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await runner.query(
      `CREATE TABLE IF NOT EXISTS ${schema}.migration (name text PRIMARY KEY, ran_at timestamptz NOT NULL DEFAULT now())`,
    );
    const done = await namesOf(runner, schema);
    for (const migration of migrations.filter(({ name }) => !done.has(name))) {
      await runOne(runner, schema, migration);
      ran.push(`${schema}.${migration.name}`);
    }
  }
  return { ran };
}

/** `schema.Name` of every migration that has not run yet; changes nothing. */
export async function pendingMigrations(dataSource: DataSource, lists: MigrationLists): Promise<string[]> {
  const pending: string[] = [];
  for (const schema of SCHEMAS) {
    const [{ there }]: { there: boolean }[] = await dataSource.query('select to_regclass($1) is not null as there', [
      `${schema}.migration`,
    ]);
    const done = there ? await namesOf(dataSource, schema) : new Set<string>();
    for (const { name } of inOrder(lists[schema])) if (!done.has(name)) pending.push(`${schema}.${name}`);
  }
  return pending;
}

type Named = MigrationInterface & { readonly name: string };

/** Sorted by the 13 digits their names end with; two migrations never share them. */
function inOrder(classes: readonly MigrationClass[]): Named[] {
  const migrations = classes.map((migrationClass) => {
    const migration = new migrationClass();
    if (!/^[A-Z][A-Za-z0-9]*\d{13}$/.test(migration.name ?? '')) {
      throw new Error(`migration ${migration.name ?? migrationClass.name} needs a name that ends with 13 digits`);
    }
    return migration as Named;
  });
  const digits = (migration: Named): string => migration.name.slice(-13);
  migrations.sort((a, b) => digits(a).localeCompare(digits(b)));
  for (const [index, migration] of migrations.entries()) {
    if (index > 0 && digits(migrations[index - 1]) === digits(migration)) {
      throw new Error(`migrations ${migrations[index - 1].name} and ${migration.name} have the same number`);
    }
  }
  return migrations;
}

async function namesOf(
  database: Pick<QueryRunner | DataSource, 'query'>,
  schema: (typeof SCHEMAS)[number],
): Promise<Set<string>> {
  const rows = (await database.query(`select name from ${schema}.migration`)) as { name: string }[];
  return new Set(rows.map((row) => row.name));
}

/** A migration with `transaction = false` (an index built concurrently) runs outside one and must be repeatable. */
async function runOne(runner: QueryRunner, schema: string, migration: Named): Promise<void> {
  const transactional = migration.transaction !== false;
  try {
    if (transactional) await runner.startTransaction();
    await migration.up(runner);
    await runner.query(`insert into ${schema}.migration (name) values ($1)`, [migration.name]);
    if (transactional) await runner.commitTransaction();
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    const reason = messageOf(error);
    throw new Error(`migration ${schema}.${migration.name} failed: ${reason}`, { cause: error });
  }
}
