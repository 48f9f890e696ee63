import { createInterface } from 'node:readline/promises';
import { AccountService, ConsoleRecovery, type ConsoleLinks, type StaffAccount } from '../features/access/public.js';
import { systemPrincipal } from '../platform/access/principal.js';
import { loadConfig } from '../platform/config/load-config.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { remark, terminal } from './output.js';
import { withApplication } from './with-application.js';

export interface RecoverOptions {
  readonly password?: boolean;
  readonly yes?: boolean;
}

/** Everybody who works here, one line each. */
export async function list(options: { json?: boolean }): Promise<void> {
  await withApplication(loadConfig(process.env), async (app) => {
    const lines = (await app.get(AccountService, { strict: false }).staff(systemPrincipal('console'))).map(lineOf);
    if (options.json) terminal.json(lines);
    else for (const line of tableOf(lines)) terminal.line(line);
    return 0;
  });
}

/** Links that bring somebody back in, after whoever is at the terminal has typed the address again. */
export async function recover(email: string, { password = false, yes = false }: RecoverOptions): Promise<void> {
  // Before anything is opened: nobody should wait for the database to be asked this.
  if (!yes && !(await agreed(email))) {
    remark('nothing was done.');
    process.exitCode = 1;
    return;
  }
  await withApplication(loadConfig(process.env), async (app) => {
    try {
      return print(await app.get(ConsoleRecovery, { strict: false }).make(email, { password }));
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'not-found') throw error;
      remark('nobody who works here can sign in with this address.');
      return 1;
    }
  });
}

async function agreed(email: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    remark('add --yes where nobody can be asked.');
    return false;
  }
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await reader.question(`Make sure that you talk to them. Type ${email} again to go on: `);
    return typed.trim().toLowerCase() === email.trim().toLowerCase();
  } finally {
    reader.close();
  }
}

function print({ reset, recover: step }: ConsoleLinks): 0 | 1 {
  if (reset === null && step === null) {
    remark('this account has no second factor. Add --password for a link to set a new password.');
    return 1;
  }
  for (const link of [reset, step]) if (link?.url) terminal.line(link.url);
  remark('each link works once, for an hour. They are shown only now; use them from top to bottom.');
  return 0;
}

interface AccountFacts {
  readonly email: string;
  readonly role: string;
  readonly state: string;
  readonly secondFactor: 'passkey' | 'code' | 'none';
}

const lineOf = ({ email, role, state, passkeys, code }: StaffAccount): AccountFacts => ({
  email,
  role,
  state,
  secondFactor: passkeys > 0 ? 'passkey' : code ? 'code' : 'none',
});

function tableOf(lines: readonly AccountFacts[]): string[] {
  const width = (of: (line: AccountFacts) => string): number => Math.max(0, ...lines.map((line) => of(line).length));
  const [email, role, state] = [width((line) => line.email), width((line) => line.role), width((line) => line.state)];
  return lines.map(
    (line) =>
      `${line.email.padEnd(email)}  ${line.role.padEnd(role)}  ${line.state.padEnd(state)}  ${line.secondFactor}`,
  );
}
