import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { expect, it } from '@jest/globals';
import { addAccountsCommand } from './commands/accounts.command.js';
import { addAuditCommand } from './commands/audit.command.js';
import { addDbCommand } from './commands/db.command.js';
import { addDoctorCommand } from './commands/doctor.command.js';
import { addKeysCommand } from './commands/keys.command.js';
import { addMigrateCommand } from './commands/migrate.command.js';
import { addServerCommands } from './commands/server.command.js';

const page = readFileSync('docs/reference/cli.md', 'utf8');

/** `alcove audit verify` and so on, with the options of each. */
function leaves(command: Command, words: string): { words: string; options: string[] }[] {
  if (command.commands.length > 0)
    return command.commands.flatMap((child) => leaves(child, `${words} ${child.name()}`));
  return [{ words, options: command.options.map((option) => option.long ?? '') }];
}

it('docs/reference/cli.md has exactly the commands and options there are', () => {
  const program = new Command('alcove');
  for (const add of [
    addServerCommands,
    addMigrateCommand,
    addDoctorCommand,
    addDbCommand,
    addAccountsCommand,
    addAuditCommand,
    addKeysCommand,
  ])
    add(program);
  const commands = leaves(program, 'alcove');
  const sections = page.split(/^## /m).slice(1);
  expect(sections.map((section) => section.split('\n')[0])).toEqual(commands.map(({ words }) => words));
  for (const [index, { options }] of commands.entries()) {
    const documented = [...sections[index].matchAll(/^- `(--[a-z-]+)`/gm)].map((match) => match[1]);
    expect(documented).toEqual(options);
  }
});
