import type { RuleId } from './act.js';

export type FindingState = 'open' | 'fine' | 'asked';

/** Something a reviewer looks at, or has looked at. */
export interface Finding {
  readonly id: string;
  /** Monday of its week, `YYYY-MM-DD`. */
  readonly week: string;
  readonly rule: RuleId;
  readonly actorKind: string;
  readonly actorId: string;
  readonly clientId: string | null;
  readonly firstSeq: string;
  readonly lastSeq: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly count: number;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly state: FindingState;
  readonly note: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  /** The reviewer decided about themselves, because nobody else could. */
  readonly decidedAlone: boolean;
}

/** A week that was prepared for review. */
export interface ReviewWeek {
  readonly start: string;
  readonly rowsRead: string;
  readonly signedBy: string | null;
  readonly signedAt: Date | null;
  readonly note: string | null;
  /** Findings that were open when it was signed. */
  readonly openCount: number | null;
}
