import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type QueryRunner } from 'typeorm';

/** One number for all processes of all versions: "somebody migrates Alcove in this database". */
const LOCK = 7_220_011_964;
const LOCK_WAIT_MS = 30 * 60_000;

/**
 * Works alone of all processes, on a connection of its own without time limits. The lock belongs to that connection: when it breaks,
 * the lock goes with it.
 */
export async function withMigrationLock<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const { options } = dataSource;
  if (options.type !== 'postgres') throw new Error('the data source is not PostgreSQL');
  const own = await new DataSource({
    ...options,
    entities: [],
    poolSize: 1,
    applicationName: 'alcove: migrate',
    extra: { keepAlive: true },
  }).initialize();
  try {
    const runner = own.createQueryRunner();
    await takeLock(runner);
    return await work(runner);
  } finally {
    await own.destroy();
  }
}

/** Asks again and again instead of waiting inside PostgreSQL, where the wait itself would hold back an index built concurrently. */
async function takeLock(runner: QueryRunner): Promise<void> {
  for (const deadline = Date.now() + LOCK_WAIT_MS; Date.now() < deadline; await sleep(100)) {
    const [{ taken }] = (await runner.query('select pg_try_advisory_lock($1) as taken', [LOCK])) as {
      taken: boolean;
    }[];
    if (taken) return;
  }
  throw new Error('another process has been migrating this database for half an hour');
}
