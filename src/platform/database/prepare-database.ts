import type { DataSource } from 'typeorm';
import { withMigrationLock } from './migration-lock.js';
import { runMigrations, type MigrationLists, type MigrationRun } from './migrate.js';
import { applyGrants } from './roles/grants.js';
import { chooseRuntimeUser, type RuntimeUser, type RuntimeWish } from './roles/runtime-user.js';
import type { TableGrants } from './roles/table-grants.js';

/** All that the owner does to a database before the server works in it. The composition root has the one list. */
export interface DatabasePlan {
  readonly migrations: MigrationLists;
  /** What packages keep in schemas of their own; each brings its schema up to date, may be called any time, and gives lines to warn about. */
  readonly installers: readonly ((owner: DataSource) => Promise<readonly string[]>)[];
  /** Tables on which the runtime user gets less than every right on rows. */
  readonly grants: readonly TableGrants[];
}

export interface PrepareOptions extends RuntimeWish {
  /** Looks at the migrated database before any user is made or gets another password; throws where this server does not belong to it. */
  readonly beforeUsers?: (owner: DataSource) => Promise<void>;
}

export interface Prepared extends MigrationRun {
  readonly runtime: RuntimeUser;
  /** Lines worth logging. */
  readonly warnings: readonly string[];
}

/**
 * As the owner: migrates, installs, makes the runtime user where it may, and gives that user its rights again, all under one lock.
 * Repeating it changes nothing. Only after the last step can the runtime user reach a table that a migration made.
 */
export async function prepareDatabase(
  owner: DataSource,
  plan: DatabasePlan,
  options: PrepareOptions,
): Promise<Prepared> {
  return withMigrationLock(owner, async (runner) => {
    const { ran } = await runMigrations(runner, plan.migrations);
    const warnings: string[] = [];
    for (const install of plan.installers) warnings.push(...(await install(owner)));
    await options.beforeUsers?.(owner);
    const runtime = await chooseRuntimeUser(runner, options);
    if (runtime.kind !== 'owner') await applyGrants(runner, runtime.role, plan.grants);
    return { ran, runtime, warnings };
  });
}
