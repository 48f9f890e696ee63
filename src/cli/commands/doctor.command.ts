import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Config } from '../../platform/config/config.js';
import { loadConfig } from '../../platform/config/load-config.js';
import type { FatalError } from '../../platform/process/fatal.js';
import { databaseFindings } from '../doctor/database.js';
import { doctorExitCode, fail, findingLines, ok, type Finding } from '../doctor/finding.js';
import { machineFindings } from '../doctor/machine.js';
import { terminal } from '../output.js';
import { withDatabase } from '../with-database.js';

/** `alcove doctor`: looks at the installation and says what to mend. Changes nothing. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('Look at this installation and say what to mend; exit with 1 when something is.')
    .option('--json', 'print the findings as JSON')
    .action((options: { json?: boolean }) => run(options));
}

async function run(options: { json?: boolean }): Promise<void> {
  const config = loadConfig(process.env);
  const machine = machineFindings(config);
  if (!hasDatabase(config)) {
    process.exitCode = print([...machine, ok('database', 'None yet; the first start makes one.')], options);
    return;
  }
  const otherwise = (error: FatalError): number => print([...machine, fail('database', error.message)], options);
  await withDatabase(config, { make: false, otherwise }, async (database) =>
    print([...machine, ...(await databaseFindings(config, database))], options),
  );
}

const hasDatabase = (config: Config): boolean =>
  config.database.url !== null || existsSync(config.data.file('pg/cluster'));

function print(findings: readonly Finding[], options: { json?: boolean }): 0 | 1 {
  if (options.json) terminal.json(findings);
  else for (const line of findingLines(findings)) terminal.line(line);
  return doctorExitCode(findings);
}
