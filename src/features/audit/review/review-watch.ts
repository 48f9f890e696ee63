import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { LiveBus } from '../../../platform/live/live-bus.js';
import { systemCode } from '../../../platform/process/error-facts.js';
import { Frame } from '../../../platform/views/frame.js';
import { SecurityPoints } from '../../admin/public.js';
import { PracticeService } from '../../practice/public.js';
import { weekFrom } from '../days.js';
import { ReviewRepository } from './review.repository.js';

/** Signals that a week was prepared or signed. */
export const REVIEW_TOPIC = 'audit-review';
const EVERY_MS = 5 * 60_000;
const LATE_MS = 14 * 24 * 3_600_000;
/** Pages that say so when the review is late. */
const PAGES = ['admin', 'today'];

/**
 * Knows, without asking the database for each page, which week waits longest for its review, and reminds whoever can sign it once it is
 * more than fourteen days over.
 */
@Injectable()
export class ReviewWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ReviewWatch.name);
  private timer: NodeJS.Timeout | undefined;
  private stop: (() => void) | undefined;
  private waiting: { readonly week: string; readonly until: Date } | undefined;

  constructor(
    private readonly repository: ReviewRepository,
    private readonly practices: PracticeService,
    private readonly frame: Frame,
    private readonly points: SecurityPoints,
    private readonly live: LiveBus,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.frame.addBanner({
      pages: PAGES,
      part: (who) => (this.isLate(who) ? { template: 'audit/late', model: { week: this.waiting?.week } } : undefined),
    });
    this.points.add((who) =>
      Promise.resolve(
        can(who, 'audit:review') && this.waiting
          ? [{ text: 'audit:review.unsigned', count: 1, href: '/admin/audit/review' }]
          : [],
      ),
    );
    const refresh = (): void => void this.refresh();
    const unsubscribe = this.live.subscribe(REVIEW_TOPIC, refresh);
    const stopResync = this.live.onResync(refresh);
    this.timer = setInterval(refresh, EVERY_MS).unref();
    this.stop = () => {
      unsubscribe();
      stopResync();
    };
    await this.refresh();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stop?.();
  }

  /** Reads which week waits longest. A database that is away leaves the last answer standing until the next try. */
  async refresh(): Promise<void> {
    try {
      const week = await this.repository.oldestUnsigned();
      const zone = (await this.practices.current())?.timeZone ?? 'UTC';
      this.waiting = week === undefined ? undefined : { week, until: weekFrom(week, zone).until };
    } catch (error) {
      this.logger.warn(`cannot read how the review stands (${systemCode(error) ?? 'unknown error'})`);
    }
  }

  private isLate(who: Principal): boolean {
    if (!this.waiting || !can(who, 'audit:review')) return false;
    return this.clock.now().getTime() - this.waiting.until.getTime() > LATE_MS;
  }
}
