import { statfs } from 'node:fs/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataConfig } from '../config/data.config.js';
import { namedQuery, Sql } from '../database/sql.js';
import { Directory } from '../directory/directory.js';
import { Jobs } from '../jobs/jobs.js';
import { HealthRegistry } from './health.js';

const PING = namedQuery<{ one: number }>('health.ping', 'select 1 as one');
const DISK_WARNING = 0.1;

/** How the server's own parts are: without the database, the queue or the directory it is not ready; a filling disk is a warning. */
@Injectable()
export class ServerHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    private readonly sql: Sql,
    private readonly jobs: Jobs,
    private readonly directory: Directory,
    private readonly data: DataConfig,
  ) {}

  onModuleInit(): void {
    this.health.register('database', async () => {
      const began = performance.now();
      await this.sql.first(PING);
      return { ok: true, detail: `answers in ${Math.ceil(performance.now() - began)} ms` };
    });
    this.health.register('jobs', async () => ({
      ok: await this.jobs.isRunning(),
      detail: 'the queue of background work',
    }));
    this.health.register('directory', async () => {
      await this.directory.ready;
      return { ok: true, detail: 'names are in memory' };
    });
    this.health.register('disk', () => this.disk(), { required: false });
  }

  private async disk(): Promise<{ ok: boolean; detail: string }> {
    const { bavail, blocks } = await statfs(this.data.folder);
    const free = blocks === 0 ? 1 : bavail / blocks;
    return { ok: free >= DISK_WARNING, detail: `${Math.round(free * 100)} % free` };
  }
}
