import type { Command } from 'commander';
import { DATABASE_PLAN, MIGRATIONS } from '../../migrations.js';
import { loadConfig } from '../../platform/config/load-config.js';
import { configuredRuntime } from '../../platform/database/database-server.js';
import { pendingMigrations } from '../../platform/database/migrate.js';
import { prepareDatabase } from '../../platform/database/prepare-database.js';
import { terminal } from '../output.js';
import { withDatabase } from '../with-database.js';

/** `alcove migrate`: brings the database up to date, or says with `--check` what is missing. */
export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description('Bring the database up to date. The server does this at every start, too.')
    .option('--check', 'change nothing; exit with 1 when migrations are waiting')
    .option('--json', 'print the result as JSON')
    .action((options: { check?: boolean; json?: boolean }) => (options.check ? check(options) : run(options)));
}

async function run(options: { json?: boolean }): Promise<void> {
  const config = loadConfig(process.env);
  await withDatabase(config, { make: true }, async ({ dataSource, settings }) => {
    const configured = configuredRuntime(config);
    const { ran } = await prepareDatabase(dataSource, DATABASE_PLAN, {
      owner: settings,
      configured,
      passwordFor: null,
    });
    if (options.json) terminal.json({ ran });
    else for (const line of ran.length > 0 ? ran : ['The database is up to date.']) terminal.line(line);
    return 0;
  });
}

async function check(options: { json?: boolean }): Promise<void> {
  await withDatabase(loadConfig(process.env), { make: false }, async ({ dataSource }) => {
    const pending = await pendingMigrations(dataSource, MIGRATIONS);
    if (options.json) terminal.json({ pending });
    else for (const line of pending.length > 0 ? pending : ['The database is up to date.']) terminal.line(line);
    return pending.length > 0 ? 1 : 0;
  });
}
