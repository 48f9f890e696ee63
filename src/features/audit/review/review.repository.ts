import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { newId } from '../../../platform/ids.js';
import type { Found, RuleId } from './act.js';
import type { FindingState } from './review.model.js';

export interface FindingRow {
  readonly id: string;
  readonly week_start: string;
  readonly rule: RuleId;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly client_id: string | null;
  readonly first_seq: string;
  readonly last_seq: string;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly count: number;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly state: FindingState;
  readonly note_enc: Buffer | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly decided_alone: boolean;
}

export interface WeekRow {
  readonly week_start: string;
  readonly rows_read: string;
  readonly signed_by: string | null;
  readonly signed_at: Date | null;
  readonly note_enc: Buffer | null;
  readonly open_count: number | null;
}

const FINDING = `f.id, f.week_start::text AS week_start, f.rule, f.actor_kind, f.actor_id, f.client_id, f.first_seq::text AS first_seq,
  f.last_seq::text AS last_seq, f.first_at, f.last_at, f.count, f.facts, f.state, f.note_enc, f.decided_by, f.decided_at, f.decided_alone`;
const WEEK = `w.week_start::text AS week_start, w.rows_read::text AS rows_read, w.signed_by, w.signed_at, w.note_enc, w.open_count`;

/** What is not settled up to and with a week, oldest first: what stayed open goes along into the weeks after it. */
const UNSETTLED = namedQuery<FindingRow>(
  'review.unsettled',
  `SELECT ${FINDING} FROM core.review_finding f WHERE f.state <> 'fine' AND f.week_start <= $1::date
    ORDER BY f.week_start, f.id LIMIT $2`,
);
const SETTLED = namedQuery<FindingRow>(
  'review.settled',
  `SELECT ${FINDING} FROM core.review_finding f WHERE f.week_start = $1::date AND f.state = 'fine' ORDER BY f.id LIMIT $2`,
);
const ONE = namedQuery<FindingRow>(
  'review.finding',
  `SELECT ${FINDING} FROM core.review_finding f WHERE f.id = $1::uuid`,
);
const WEEKS = namedQuery<WeekRow>(
  'review.weeks',
  `SELECT ${WEEK} FROM core.review_week w ORDER BY w.week_start DESC LIMIT $1`,
);
const OLDEST_UNSIGNED = namedQuery<{ week_start: string }>(
  'review.oldest-unsigned',
  `SELECT week_start::text AS week_start FROM core.review_week WHERE signed_at IS NULL ORDER BY core.review_week.week_start LIMIT 1`,
);
const OPEN_COUNT = namedQuery<{ count: number }>(
  'review.open-count',
  `SELECT count(*)::int AS count FROM core.review_finding WHERE state <> 'fine' AND week_start <= $1::date`,
);

/** Rows of the review. Checks nothing: services do. */
@Injectable()
export class ReviewRepository {
  constructor(private readonly sql: Sql) {}

  unsettled(week: string, limit: number): Promise<FindingRow[]> {
    return this.sql.rows(UNSETTLED, [week, limit]);
  }

  settled(week: string, limit: number): Promise<FindingRow[]> {
    return this.sql.rows(SETTLED, [week, limit]);
  }

  finding(id: string): Promise<FindingRow | undefined> {
    return this.sql.first(ONE, [id]);
  }

  /** Newest first. */
  weeks(limit: number): Promise<WeekRow[]> {
    return this.sql.rows(WEEKS, [limit]);
  }

  async oldestUnsigned(): Promise<string | undefined> {
    return (await this.sql.first(OLDEST_UNSIGNED))?.week_start;
  }

  /** Findings up to and with a week that are not settled. */
  async openCount(week: string): Promise<number> {
    return (await this.sql.first(OPEN_COUNT, [week]))?.count ?? 0;
  }

  /** Adds a week; one that is there already stays as it is. */
  async insertWeek(manager: EntityManager, week: string, rowsRead: number, at: Date): Promise<void> {
    await manager.query(
      `INSERT INTO core.review_week (week_start, rows_read, prepared_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
      [week, rowsRead, at],
    );
  }

  /** Adds findings; those that are there already stay as they are. */
  async insertFindings(manager: EntityManager, week: string, found: readonly Found[]): Promise<void> {
    if (found.length === 0) return;
    await manager.query(
      `INSERT INTO core.review_finding
         (id, week_start, rule, actor_kind, actor_id, client_id, first_seq, last_seq, first_at, last_at, count, facts)
       SELECT f.id, $1::date, f.rule, f.actor_kind, f.actor_id, f.client_id, f.first_seq, f.last_seq, f.first_at, f.last_at, f.count, f.facts
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bigint[], $8::bigint[], $9::timestamptz[],
                     $10::timestamptz[], $11::int[], $12::jsonb[])
           AS f (id, rule, actor_kind, actor_id, client_id, first_seq, last_seq, first_at, last_at, count, facts)
       ON CONFLICT DO NOTHING`,
      [
        week,
        found.map(() => newId()),
        found.map((one) => one.rule),
        found.map((one) => one.actorKind),
        found.map((one) => one.actorId),
        found.map((one) => one.clientId),
        found.map((one) => String(one.firstSeq)),
        found.map((one) => String(one.lastSeq)),
        found.map((one) => one.firstAt),
        found.map((one) => one.lastAt),
        found.map((one) => one.count),
        found.map((one) => JSON.stringify(one.facts)),
      ],
    );
  }

  /** Decides a finding that is still in the state the reviewer saw; false when somebody was faster. */
  async decide(
    manager: EntityManager,
    id: string,
    seen: FindingState,
    decision: { state: FindingState; noteEnc: Buffer | null; by: string; at: Date; alone: boolean },
  ): Promise<boolean> {
    const [rows] = await manager.query<[unknown[], number]>(
      `UPDATE core.review_finding SET state = $3, note_enc = coalesce($4, note_enc), decided_by = $5, decided_at = $6, decided_alone = $7
        WHERE id = $1 AND state = $2 RETURNING id`,
      [id, seen, decision.state, decision.noteEnc, decision.by, decision.at, decision.alone],
    );
    return rows.length > 0;
  }

  /** Signs a week that nobody has signed, and answers how much was open; undefined when somebody has. */
  async sign(
    manager: EntityManager,
    week: string,
    signature: { noteEnc: Buffer | null; by: string; at: Date },
  ): Promise<number | undefined> {
    const [rows] = await manager.query<[{ open_count: number }[], number]>(
      `UPDATE core.review_week SET signed_by = $2, signed_at = $3, note_enc = $4,
              open_count = (SELECT count(*) FROM core.review_finding WHERE state <> 'fine' AND week_start <= $1)
        WHERE week_start = $1 AND signed_at IS NULL RETURNING open_count`,
      [week, signature.by, signature.at, signature.noteEnc],
    );
    return rows[0]?.open_count;
  }
}
