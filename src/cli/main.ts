import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { Shutdown } from '../platform/process/shutdown.js';
import { addAccountsCommand } from './commands/accounts.command.js';
import { addAuditCommand } from './commands/audit.command.js';
import { addDbCommand } from './commands/db.command.js';
import { addDoctorCommand } from './commands/doctor.command.js';
import { addKeysCommand } from './commands/keys.command.js';
import { addMigrateCommand } from './commands/migrate.command.js';
import { addServerCommands } from './commands/server.command.js';

/** Entry of the `alcove` command, called by the launcher with `process.argv`. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('alcove')
    .description('Runs Alcove and looks after an installation of it.')
    .version(ownVersion())
    .showHelpAfterError('(alcove --help shows what there is)');
  addServerCommands(program);
  addMigrateCommand(program);
  addDoctorCommand(program);
  addDbCommand(program);
  addAccountsCommand(program);
  addAuditCommand(program);
  addKeysCommand(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    await new Shutdown().fail(error);
  }
}

function ownVersion(): string {
  const manifest = path.join(import.meta.dirname, '../../package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
