import type { Command } from 'commander';
import { DATABASE_PLAN } from '../../migrations.js';
import type { Config } from '../../platform/config/config.js';
import { loadConfig } from '../../platform/config/load-config.js';
import { dbaScript } from '../../platform/database/roles/dba-script.js';
import { runtimeRoleName } from '../../platform/database/roles/runtime-role.js';
import { doctorExitCode, findingLines } from '../doctor/finding.js';
import { lookAtRoles, roleFindings, withRunner } from '../doctor/roles.js';
import { terminal } from '../output.js';
import { withDatabase, type OpenDatabase } from '../with-database.js';

/** `alcove db roles`: the two users of the database. */
export function addDbCommand(program: Command): void {
  const db = program.command('db').description('The database of this installation.');
  db.command('roles')
    .description('Show what the user the server works as can do; exit with 1 when that is too much or too little.')
    .option('--sql', 'print what an administrator of PostgreSQL runs, and change nothing')
    .option('--json', 'print the findings as JSON')
    .action((options: { sql?: boolean; json?: boolean }) => run(options));
}

async function run(options: { sql?: boolean; json?: boolean }): Promise<void> {
  const config = loadConfig(process.env);
  await withDatabase(config, { make: false }, async (database) => {
    if (options.sql) {
      terminal.line((await script(config, database)).trimEnd());
      return 0;
    }
    const findings = await roleFindings(config, database);
    if (options.json) terminal.json(findings);
    else for (const line of findingLines(findings)) terminal.line(line);
    return doctorExitCode(findings);
  });
}

async function script(config: Config, { dataSource, settings }: OpenDatabase): Promise<string> {
  const { runtime, facts } = await withRunner(dataSource, (runner) => lookAtRoles(config, runner, settings));
  const exists = runtime.kind !== 'owner';
  const role = exists ? runtime.role : runtimeRoleName(facts.database.name);
  return dbaScript({ role, facts, exists, grants: DATABASE_PLAN.grants });
}
