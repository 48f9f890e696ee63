import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { systemPrincipal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { systemCode } from '../../../platform/process/error-facts.js';
import { Work } from '../../../platform/work/work.js';
import { tellEnd } from './emergency-access.service.js';
import { emergencyWrites, OVERDUE } from './emergency.queries.js';

const TICK_MS = 30_000;

/** Another process noted the ends first: the unit of work has nothing to say and is undone. */
class NotedElsewhere extends Error {}

/**
 * Notes in the audit that time has closed an emergency access. The chart is shut at that instant with or without this: access is
 * compared with the clock at each look.
 */
@Injectable()
export class EmergencyKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(EmergencyKeeper.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.tick());
    }, TICK_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One round. A database that is away is no reason to stop: the next round does the same work. */
  async tick(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      if (error instanceof NotedElsewhere) return;
      const stack = error instanceof Error ? error.stack : undefined;
      this.logger.error(`a round of the emergency keeper failed (${systemCode(error) ?? 'unknown error'})`, stack);
    }
  }

  private async sweep(): Promise<void> {
    const now = this.clock.now();
    const ids = (await this.sql.rows(OVERDUE, [now])).map(({ id }) => id);
    if (ids.length === 0) return;
    await this.work.run(systemPrincipal('job:emergency-keeper'), async (tx) => {
      const ended = await emergencyWrites.endOverdue(tx.manager, { ids }, now);
      if (ended.length === 0) throw new NotedElsewhere();
      for (const row of ended) tellEnd(tx, row, 'time');
    });
  }
}
