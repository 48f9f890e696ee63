import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemPrincipal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Work } from '../../../platform/work/work.js';
import { PracticeService } from '../../practice/public.js';
import { AuditQueries } from '../audit.queries.js';
import { finishedWeeks, localMoments, type Week } from '../days.js';
import type { Found, Rule } from './act.js';
import { ReviewContext } from './review-context.service.js';
import { REVIEW_TOPIC } from './review-watch.js';
import { ReviewRepository } from './review.repository.js';
import { REVIEW_RULES } from './rules/index.js';

/** Rows read and judged at once: what a week needs of memory, however large it is. */
const ROWS_PER_PAGE = 5_000;
/** Weeks that are made up for after the server was away. */
const WEEKS_BACK = 8;
const HOUR = 3_600_000;
/** A week is prepared at three in the morning after it: late enough for whatever was written around midnight. */
const SETTLES = 3 * HOUR;

export const REVIEW_JOB = 'audit.weekly-review';
const JOB = systemPrincipal(`job:${REVIEW_JOB}`);

/** Goes through each finished week of the audit once and writes down what a person should look at. */
@Injectable()
export class WeeklyReview implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly queries: AuditQueries,
    private readonly context: ReviewContext,
    private readonly repository: ReviewRepository,
    private readonly practices: PracticeService,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    // Every hour, for the practice's own Monday morning is at another hour of UTC in summer; nothing is due in most of them.
    await this.jobs.define({ name: REVIEW_JOB, cron: '5 * * * *', handle: () => this.prepareDue() });
  }

  /** Prepares those of the last `count` finished weeks that are not prepared yet, oldest first. */
  async prepareDue(count = WEEKS_BACK): Promise<void> {
    const practice = await this.practices.current();
    const firstAt = await this.queries.firstAt();
    if (!practice || !firstAt) return;
    const settled = new Date(this.clock.now().getTime() - SETTLES);
    const finished = finishedWeeks(settled, practice.timeZone, firstAt, count);
    const prepared = new Set((await this.repository.weeks(WEEKS_BACK + 1)).map((week) => week.week_start));
    for (const week of finished.reverse()) if (!prepared.has(week.start)) await this.prepare(week, practice.timeZone);
  }

  /** Safe to repeat: a finding that is there already is not written twice, whatever was decided about it. */
  async prepare(week: Week, zone: string): Promise<void> {
    const { found, rows } = await this.look(week, zone);
    await this.work.run(JOB, async (tx) => {
      await this.repository.insertWeek(tx.manager, week.start, rows, this.clock.now());
      await this.repository.insertFindings(tx.manager, week.start, found);
      tx.audit({ action: 'review.prepare', object: `review:${week.start}`, facts: { rows, found: found.length } });
      tx.live(REVIEW_TOPIC, 'changed');
    });
  }

  /** What the rules find in a week, without writing anything down. */
  async look(
    week: Week,
    zone: string,
    rules: readonly Rule[] = REVIEW_RULES,
  ): Promise<{ readonly found: Found[]; readonly rows: number }> {
    await this.context.ready();
    const runs = rules.map((rule) => rule.begin());
    const local = localMoments(zone);
    let rows = 0;
    for await (const lines of this.queries.walk(week.from, week.until, ROWS_PER_PAGE)) {
      rows += lines.length;
      for (const act of await this.context.acts(lines, local)) for (const run of runs) run.see(act);
    }
    return { found: runs.flatMap((run) => run.found()), rows };
  }
}
