import type { DataSource, QueryRunner } from 'typeorm';
import { DATABASE_PLAN } from '../../migrations.js';
import type { Config } from '../../platform/config/config.js';
import { isLocal, type ConnectionSettings } from '../../platform/database/connection-settings.js';
import { configuredRuntime } from '../../platform/database/database-server.js';
import { guardCheck, roleChecks, type RoleCheck } from '../../platform/database/roles/role-checks.js';
import { readRoleFacts, type RoleFacts } from '../../platform/database/roles/role-facts.js';
import { chooseRuntimeUser, type RuntimeUser } from '../../platform/database/roles/runtime-user.js';
import type { OpenDatabase } from '../with-database.js';
import { fail, ok, warn, type Finding } from './finding.js';

/** Who the server works as, and what that user can do. Changes nothing. */
export async function roleFindings(config: Config, { dataSource, settings }: OpenDatabase): Promise<Finding[]> {
  const { runtime, facts } = await withRunner(dataSource, (runner) => lookAtRoles(config, runner, settings));
  const checks = [guardCheck(facts, DATABASE_PLAN.grants)].map(findingOf);
  if (runtime.kind === 'owner') return [warn('db-user', runtime.warning ?? ''), ...checks];
  return [
    runtime.warning
      ? warn('db-user', runtime.warning)
      : ok('db-user', `The server works as ${runtime.role}, not as the owner of the database.`),
    ...roleChecks(facts, DATABASE_PLAN.grants).map(findingOf),
    ...checks,
    await workersFinding(dataSource, runtime.role),
    ...linkFindings(config, runtime),
  ];
}

export interface RolesSeen {
  readonly runtime: RuntimeUser;
  /** Of the runtime user, or of the owner where the runtime user is not there yet. */
  readonly facts: RoleFacts;
}

/** @param owner settings of the data source that `runner` belongs to. */
export async function lookAtRoles(config: Config, runner: QueryRunner, owner: ConnectionSettings): Promise<RolesSeen> {
  const runtime = await chooseRuntimeUser(runner, { owner, configured: configuredRuntime(config), passwordFor: null });
  const facts = await readRoleFacts(runner, runtime.role);
  if (!facts) throw new Error('the catalog does not know the user it answers');
  return { runtime, facts };
}

export async function withRunner<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    return await work(runner);
  } finally {
    await runner.release();
  }
}

const findingOf = ({ check, holds, text }: RoleCheck): Finding => (holds ? ok : fail)(check, text);

/** A server that was started before its user was there goes on as the owner until it is started again. */
async function workersFinding(dataSource: DataSource, role: string): Promise<Finding> {
  const rows: { name: string }[] = await dataSource.query(
    `SELECT DISTINCT usename::text AS name FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'alcove' AND usename <> $1`,
    [role],
  );
  if (rows.length === 0) return ok('db-at-work', 'No server is at work as anybody else.');
  const names = rows.map(({ name }) => name).join(', ');
  return fail(
    'db-at-work',
    `A server is at work as ${names}. Start it again, and read what it says about the database.`,
  );
}

function linkFindings(config: Config, { kind, settings }: RuntimeUser): Finding[] {
  if (kind !== 'configured') return [];
  if (settings.ssl || isLocal(settings) || config.database.tls === 'off')
    return [ok('db-link', 'The connection of DATABASE_APP_URL is encrypted, or stays on this machine.')];
  const text =
    'DATABASE_APP_URL: the connection is not encrypted; add ?sslmode=verify-full, or say ALCOVE_DATABASE_TLS=off.';
  return [(config.runtime.isProduction ? fail : warn)('db-link', text)];
}
