import { OWNER, startKernel } from './support.js';

/**
 * A server process of its own for tests that end it. Told by its first argument what database and plugins to use and what to do:
 * `draw` asks all plugins for their dashboard cards, `wait` does nothing. Says "ready <states>" and, a second later, "alive <states>".
 */
const { database, dataDir, root, plugins, act } = JSON.parse(process.argv[2]) as {
  database: Parameters<typeof startKernel>[0];
  dataDir: string;
  root: string;
  plugins: string[];
  act: 'draw' | 'wait';
};

const server = await startKernel(database, {
  dataDir,
  pluginRoots: [root],
  enabledByDefault: plugins,
  watchdog: { limitMs: 1_500 },
  onFatal: (error) => {
    process.stdout.write(`fatal ${String(error)}\n`);
    process.exit(3);
  },
});
const states = (): string =>
  server.admin
    .list()
    .map(({ id, state, reason }) => `${id}=${state}/${reason}`)
    .join(' ');
process.stdout.write(`ready ${states()}\n`);
if (act === 'draw') void server.contributions.collect('admin.dashboard', OWNER, {});
await new Promise((resolve) => setTimeout(resolve, 1_000));
const answer = await fetch(server.url);
process.stdout.write(`alive ${answer.status} ${states()}\n`);
await server.close();
