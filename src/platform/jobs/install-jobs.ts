import { setTimeout as sleep } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import type { DataSource } from 'typeorm';
import { messageOf } from '../process/error-facts.js';
import { poolAdapter } from './pool-adapter.js';

/** Schema of pg-boss; made and upgraded by pg-boss itself, as the owner of the database. */
export const JOBS_SCHEMA = 'jobs';

const BUILD_WITHIN_MS = 30 * 60_000;

/**
 * Makes or upgrades the tables of the queue, and waits for indexes that an upgrade builds beside running work. The server itself only
 * changes rows there: queues are rows too, as long as none asks for a partition of its own.
 * @returns lines to warn about: an index that could not be built is tried again at the next start and costs nothing but time.
 */
export async function installJobs(owner: DataSource): Promise<readonly string[]> {
  const warnings: string[] = [];
  const boss = new PgBoss({
    schema: JOBS_SCHEMA,
    db: poolAdapter(owner),
    supervise: false,
    schedule: false,
    persistWarnings: false,
    reindex: false,
  });
  boss.on('error', (error) =>
    warnings.push(`jobs: the queue reported an error while it was prepared: ${messageOf(error)}`),
  );
  await boss.start();
  try {
    for (const end = Date.now() + BUILD_WITHIN_MS; await isBuilding(owner); await sleep(200)) {
      if (Date.now() > end) throw new Error('indexes of the job queue were not built within half an hour');
    }
  } finally {
    await boss.stop({ graceful: false, close: false });
  }
  return warnings;
}

async function isBuilding(owner: DataSource): Promise<boolean> {
  const [{ waiting }] = (await owner.query(
    `SELECT EXISTS (SELECT FROM ${JOBS_SCHEMA}.bam WHERE status IN ('pending', 'in_progress')) AS waiting`,
  )) as [{ waiting: boolean }];
  return waiting;
}
