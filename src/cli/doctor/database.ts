import { MIGRATIONS } from '../../migrations.js';
import { judgeServer, serverFacts } from '../../platform/database/assert-server.js';
import { describeConnection, isLocal } from '../../platform/database/connection-settings.js';
import { pendingMigrations } from '../../platform/database/migrate.js';
import type { Config } from '../../platform/config/config.js';
import type { OpenDatabase } from '../with-database.js';
import { fail, ok, warn, type Finding } from './finding.js';
import { roleFindings } from './roles.js';

const KINDS = {
  external: 'the one of DATABASE_URL',
  'of-the-server': 'the bundled one, kept by the running server',
  'of-this-command': 'the bundled one, started for this check',
} as const;

/** What can be seen with the database. */
export async function databaseFindings(config: Config, database: OpenDatabase): Promise<Finding[]> {
  const { dataSource, settings, kind } = database;
  const [server]: { version: string; now: Date; encrypted: boolean }[] = await dataSource.query(
    `select current_setting('server_version') as version, clock_timestamp() as now,
            coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted`,
  );
  const link = { encrypted: server.encrypted, local: isLocal(settings) || config.database.tls === 'off' };
  const verdict = judgeServer(await serverFacts(dataSource), link);
  const pending = await pendingMigrations(dataSource, MIGRATIONS);
  return [
    ok('database', `PostgreSQL ${server.version} answers: ${describeConnection(settings)}, ${KINDS[kind]}.`),
    ...verdict.impossible.map((line) => fail('database', line)),
    ...verdict.unsafe.map((line) => (config.runtime.isProduction ? fail : warn)('database', line)),
    ...verdict.advice.map((line) => warn('database', line)),
    clockFinding(server.now.getTime() - Date.now()),
    pending.length === 0
      ? ok('migrations', 'The database is up to date.')
      : warn('migrations', `${pending.length} migrations are waiting; the next start runs them.`),
    ...(await roleFindings(config, database)),
  ];
}

/** @param difference of the database's clock to ours, in milliseconds; the way there and back is in it. */
export function clockFinding(difference: number): Finding {
  const seconds = Math.abs(difference) / 1_000;
  if (seconds < 2) return ok('clock', 'The clocks of server and database agree.');
  return fail(
    'clock',
    `The clocks of server and database differ by ${seconds.toFixed(0)} s. Set up time synchronisation.`,
  );
}
