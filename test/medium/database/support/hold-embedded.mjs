// Started by embedded-postgres.spec.ts: runs the bundled PostgreSQL until told to end.
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [compiled, data] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(path.join(compiled, file)).href);
const { EmbeddedPostgres } = await load('platform/database/embedded/embedded-postgres.js');
const { Shutdown } = await load('platform/process/shutdown.js');

const shutdown = new Shutdown();
const postgres = new EmbeddedPostgres(path.join(data, 'pg'), (line) => console.log(`said: ${line}`));
shutdown.listen();
shutdown.onShutdown('the database', () => postgres.stop());
try {
  const { host } = await postgres.start();
  console.log(`ready on ${host}`);
} catch (error) {
  await shutdown.fail(error);
}
setInterval(() => undefined, 1_000);
