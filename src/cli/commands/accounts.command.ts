import type { Command } from 'commander';
import type { RecoverOptions } from '../accounts.js';

/** `alcove accounts list|recover`: who works here and can sign in, and the way back in where nobody else can help. */
export function addAccountsCommand(program: Command): void {
  const accounts = program.command('accounts').description('The people who work here and can sign in.');
  accounts
    .command('list')
    .description('List them with role, state and second factor. Clients are never listed.')
    .option('--json', 'print the list as JSON')
    .action(async (options: { json?: boolean }) => (await application()).list(options));
  accounts
    .command('recover')
    .argument('<email>', 'the address they sign in with')
    .description(
      'Make links that bring somebody back in who lost their second factor. Everybody who manages people is told.',
    )
    .option('--password', 'also make a link for a new password')
    .option('--yes', 'do not ask')
    .action(async (email: string, options: RecoverOptions) => (await application()).recover(email, options));
}

/** The whole application; loaded only here, so that other commands start faster. */
const application = (): Promise<typeof import('../accounts.js')> => import('../accounts.js');
