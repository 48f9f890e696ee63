/** Why somebody opens a chart outside their care. */
export const EMERGENCY_WHYS = ['danger', 'cover', 'other'] as const;
export type EmergencyWhy = (typeof EMERGENCY_WHYS)[number];

/** For how long a chart opens. The longest is what the law's time box and the table allow. */
export const EMERGENCY_MINUTES = [15, 30, 60] as const;
export type EmergencyMinutes = (typeof EMERGENCY_MINUTES)[number];

/** Charts one person may have open this way at once: an emergency is one, perhaps a family; not a list. */
export const MOST_OPEN = 3;

/** Shortest reason: a full sentence. */
export const SHORTEST_WORDS = 15;
export const LONGEST_WORDS = 2_000;

export interface EmergencyRequest {
  /** The client's number, exactly. */
  readonly number: string;
  readonly why: EmergencyWhy;
  readonly words: string;
  readonly minutes: EmergencyMinutes;
}

/** One opening, without its words. */
export interface EmergencyFacts {
  readonly id: string;
  readonly accountId: string;
  /** Who opened it; null for an account that is nobody's. */
  readonly personId: string | null;
  readonly clientId: string;
  readonly clientNumber: string;
  readonly why: EmergencyWhy;
  readonly openedAt: Date;
  readonly untilAt: Date;
  readonly closedAt: Date | null;
  readonly lookedAt: Date | null;
  /** Account that looked at it. */
  readonly lookedBy: string | null;
}
