import type { Command } from 'commander';
import { holdYoungSpace } from '../../platform/process/young-space.js';

/** `alcove start` and `alcove demo`. The server is loaded only here: other commands start faster without it. */
export function addServerCommands(program: Command): void {
  program
    .command('start')
    .description('Start the server. The first start ends at a page that sets up the practice.')
    .action(() => run(false));
  program
    .command('demo')
    .description('Start the server with a synthetic practice and print who can sign in.')
    .action(() => run(true));
}

async function run(demo: boolean): Promise<void> {
  holdYoungSpace();
  const { runServer } = await import('../../server.js');
  await runServer({ demo });
}
