import type { ActionGroup } from '../actions.js';

/** Somebody's act as the rules of the review see it: a row of the audit, with what is known about the people in it. */
export interface Act {
  /** Number of the row. */
  readonly seq: bigint;
  readonly at: Date;
  /** Day of the practice, `YYYY-MM-DD`, and full hours since its midnight. */
  readonly day: string;
  readonly hour: number;
  readonly weekend: boolean;
  readonly actorKind: string;
  readonly actorId: string;
  /** True for the accounts of people who work here. */
  readonly staff: boolean;
  readonly action: string;
  /** Undefined for an action that only a plugin knows. */
  readonly group: ActionGroup | undefined;
  readonly object: string | null;
  readonly clientId: string | null;
  readonly outcome: string;
  readonly about: AboutClient | null;
  /** True when the actor has an appointment within two hours of the act. */
  readonly atWork: boolean;
}

/** The client an act is about, as seen from its actor. */
export interface AboutClient {
  /** The actor is this client. */
  readonly self: boolean;
  readonly sameSurname: boolean;
  /** The client works here too. */
  readonly colleague: boolean;
  /** The actor was assigned to, covered or supervised the client at that moment. */
  readonly inCare: boolean;
  /** An appointment within fourteen days that gives a reason: the actor's with the client, for the front desk anybody's. */
  readonly appointment: boolean;
}

export const RULES = [
  'own-chart',
  'same-surname',
  'colleague-chart',
  'not-in-care',
  'after-hours',
  'bulk',
  'export',
  'emergency',
  'refusals',
  'sign-in-failures',
  'roles-changed',
  'keys-used',
] as const;
export type RuleId = (typeof RULES)[number];

/** What a rule found: one thing for a reviewer to look at. */
export interface Found {
  readonly rule: RuleId;
  readonly actorKind: string;
  readonly actorId: string;
  readonly clientId: string | null;
  readonly firstSeq: bigint;
  readonly lastSeq: bigint;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** Acts behind it. */
  readonly count: number;
  /** Plain numbers and codes that the sentence about it needs. */
  readonly facts: Readonly<Record<string, string | number>>;
}

/** One rule at work on one week: it is shown every act in the order of writing, then asked what it found. */
export interface RuleRun {
  see(act: Act): void;
  found(): Found[];
}

export interface Rule {
  readonly id: RuleId;
  begin(): RuleRun;
}
