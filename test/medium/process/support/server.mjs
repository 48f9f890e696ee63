// Stands for the server: takes the data directory, watches its parents, ends in order.
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [compiled, data] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(path.join(compiled, 'platform/process', file)).href);
const { Shutdown } = await load('shutdown.js');
const { takeDataFolder } = await load('data-lock.js');
const { watchParents } = await load('parent-watch.js');

const shutdown = new Shutdown();
shutdown.listen();
try {
  const giveBack = await takeDataFolder(data, 'server');
  shutdown.onShutdown('the data directory', giveBack);
  shutdown.onShutdown('the pages', () => console.log('pages closed'));
  if (process.env.HANG) shutdown.onShutdown('the hanging part', () => new Promise(() => undefined), 60_000);
  watchParents((who) => {
    console.log(`lost ${who}`);
    void shutdown.end(0);
  });
  console.log(`server ${process.pid}`);
} catch (error) {
  await shutdown.fail(error);
}
setInterval(() => undefined, 1_000);
