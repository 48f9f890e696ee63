import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { Sql } from '../../platform/database/sql.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { isId } from '../../platform/ids.js';
import { Work, type Tx } from '../../platform/work/work.js';
import { NOTICE, NOTICES, noticeWrites, type NoticeRow } from './notice.queries.js';
import { NOTICES_TOPIC, UnreadCounts } from './unread-counts.js';

/** Notices on one page. */
const PAGE = 30;

export interface NoticePage {
  readonly notices: readonly NoticeRow[];
  /** Notices the person has not read, on all pages. */
  readonly unread: number;
  /** Id of the last notice of this page when there are older ones. */
  readonly next: string | null;
}

/** What somebody was told: their own notices and nobody else's. */
@Injectable()
export class OwnNotices {
  constructor(
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly counts: UnreadCounts,
    private readonly clock: Clock,
  ) {}

  /** Newest first. `after` is the id of a notice to go on behind; anything else is the first page. */
  async page(who: Principal, after: unknown): Promise<NoticePage> {
    this.requireAccount(who);
    const rows = await this.sql.rows(NOTICES, [who.id, isId(after) ? after : null, PAGE + 1]);
    const notices = rows.slice(0, PAGE);
    return {
      notices,
      unread: await this.counts.of(who.id),
      next: rows.length > PAGE ? (notices.at(-1)?.id ?? null) : null,
    };
  }

  /** For the badge; nothing is asked of the database while the number is known. */
  async unread(who: Principal): Promise<number> {
    this.requireAccount(who);
    return this.counts.of(who.id);
  }

  /** @throws not-found for a notice that is not theirs */
  async markRead(who: Principal, id: string): Promise<void> {
    this.requireAccount(who);
    const notice = isId(id) ? await this.sql.first(NOTICE, [who.id, id]) : undefined;
    if (!notice) throw notFound();
    if (notice.read_at) return;
    await this.work.run(who, async (tx) => {
      await noticeWrites.markRead(tx.manager, who.id, id, this.clock.now());
      tx.audit({ action: 'notice.read', object: `notice:${id}`, facts: { kind: notice.kind } });
      this.changed(tx);
    });
    this.counts.forget(who.id);
  }

  async markAllRead(who: Principal): Promise<void> {
    this.requireAccount(who);
    await this.work.run(who, async (tx) => {
      const count = await noticeWrites.markAllRead(tx.manager, who.id, this.clock.now());
      tx.audit({ action: 'notice.read', facts: { count } });
      this.changed(tx);
    });
    this.counts.forget(who.id);
  }

  private changed(tx: Tx): void {
    tx.live(NOTICES_TOPIC, 'changed', { accountId: tx.who.id });
    tx.live(`account:${tx.who.id}`, 'notice');
  }

  /** Notices belong to people with accounts. */
  private requireAccount(who: Principal): void {
    if (who.kind !== 'user' || !can(who, 'account:self')) throw notFound();
  }
}
