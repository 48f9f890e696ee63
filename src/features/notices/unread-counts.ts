import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Sql } from '../../platform/database/sql.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { UNREAD } from './notice.queries.js';

/** Every process hears here whose notices changed. */
export const NOTICES_TOPIC = 'notices';
const MOST_REMEMBERED = 10_000;

/**
 * How many notices an account has not read. The badge stands on every page, so the number is remembered until a signal from any
 * process says that it changed; a page whose number is known asks nothing.
 */
@Injectable()
export class UnreadCounts implements OnModuleInit, OnApplicationShutdown {
  private readonly known = new Map<string, number>();
  /** Counts what was forgotten: a number read before a change must not be remembered after it. */
  private forgotten = 0;
  private stops: (() => void)[] = [];

  constructor(
    private readonly sql: Sql,
    private readonly live: LiveBus,
  ) {}

  onModuleInit(): void {
    this.stops = [
      this.live.subscribe(NOTICES_TOPIC, ({ data }) => this.forget(data.accountId)),
      // Signals may have been missed.
      this.live.onResync(() => this.forget()),
    ];
  }

  onApplicationShutdown(): void {
    for (const stop of this.stops) stop();
  }

  /** At most one statement, and none while the number is known. */
  async of(accountId: string): Promise<number> {
    const known = this.known.get(accountId);
    if (known !== undefined) return known;
    const before = this.forgotten;
    const unread = (await this.sql.first(UNREAD, [accountId]))?.unread ?? 0;
    if (this.forgotten === before) {
      if (this.known.size >= MOST_REMEMBERED) this.known.clear();
      this.known.set(accountId, unread);
    }
    return unread;
  }

  /** What is known of one account, or of all, is read anew. */
  forget(accountId?: string): void {
    this.forgotten += 1;
    if (accountId === undefined) this.known.clear();
    else this.known.delete(accountId);
  }
}
