import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PgBoss, type Db, type Queue } from 'pg-boss';
import { DataSource, type EntityManager } from 'typeorm';
import { LOG, type Log } from '../logging/log.js';
import { JOBS_SCHEMA } from './install-jobs.js';
import { poolAdapter } from './pool-adapter.js';

const DEAD_LETTERS = 'dead-letters';

export interface JobDefinition {
  /** `feature.purpose`; the queue's name. */
  readonly name: string;
  readonly handle: (data: Readonly<Record<string, string>>) => Promise<void>;
  /** Cron expression in UTC for a recurring job. */
  readonly cron?: string;
  /** Strictly one after another for each key, and a failed one holds its key back. */
  readonly ordered?: boolean;
}

/**
 * Durable work on pg-boss, through the server's own connection pool. Payloads carry references, never PHI. A job that fails five
 * times goes to the dead letters, where it can be replayed.
 */
@Injectable()
export class Jobs implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly definitions: JobDefinition[] = [];
  private readonly boss: PgBoss;
  private started = false;

  constructor(
    dataSource: DataSource,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.boss = new PgBoss({
      schema: JOBS_SCHEMA,
      db: poolAdapter(dataSource),
      // The owner of the database has installed it (install-jobs.ts); who works here may not change tables.
      migrate: false,
      createSchema: false,
      persistWarnings: false,
      reindex: false,
    });
    this.boss.on('error', (error) => this.log.warn({ err: error }, 'jobs: the queue reported an error'));
    this.boss.on('warning', (warning) =>
      this.log.warn({ warning: warning.message }, 'jobs: the queue reported a warning'),
    );
  }

  /** Call in onModuleInit; workers start when every module is ready. Later calls (a plugin being enabled) start at once. */
  async define(definition: JobDefinition): Promise<void> {
    this.definitions.push(definition);
    if (this.started) await this.startOne(definition);
  }

  /** Queues a job that exists only if the transaction commits. */
  async sendInside(
    manager: EntityManager,
    name: string,
    data: Readonly<Record<string, string>>,
    key?: string,
  ): Promise<void> {
    const id = await this.boss.send(name, data, {
      db: transactionAdapter(manager),
      ...(key ? { singletonKey: key } : {}),
    });
    if (id === null) throw new Error(`job ${name} was not accepted by the queue`);
  }

  async isRunning(): Promise<boolean> {
    return this.started && (await this.boss.isInstalled());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.boss.start();
    await this.createQueue({ name: DEAD_LETTERS });
    this.started = true;
    for (const definition of this.definitions) await this.startOne(definition);
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (!this.started) return;
    this.started = false;
    await this.boss.stop({ graceful: true, timeout: 5_000, close: false });
  }

  private async startOne(definition: JobDefinition): Promise<void> {
    const { name, handle, cron, ordered } = definition;
    await this.createQueue({
      name,
      policy: ordered ? 'key_strict_fifo' : 'standard',
      deadLetter: DEAD_LETTERS,
      retryLimit: 5,
      retryDelay: 1,
      retryBackoff: true,
      expireInSeconds: 300,
    });
    await this.boss.work<Record<string, string>>(name, { pollingIntervalSeconds: 1 }, async (jobs) => {
      for (const job of jobs) await handle(job.data);
    });
    if (cron) await this.boss.schedule(name, cron);
  }

  private async createQueue(queue: Queue): Promise<void> {
    if (!(await this.boss.getQueue(queue.name))) await this.boss.createQueue(queue.name, queue);
  }
}

/** Runs pg-boss statements inside a TypeORM transaction. */
const transactionAdapter = (manager: EntityManager): Db => ({
  executeSql: async (text, values) => {
    const runner = manager.queryRunner;
    if (!runner) throw new Error('jobs can only be sent inside a transaction');
    const result = (await runner.query(text, values as unknown[], true)) as { records?: unknown[] };
    return { rows: result.records ?? [] };
  },
});
