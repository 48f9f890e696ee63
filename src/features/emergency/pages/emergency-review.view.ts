import type { EmergencyFacts, EmergencyPage } from '../../people/public.js';

export interface EmergencyTools {
  readonly now: Date;
  readonly nameOf: (personId: string) => string | null;
}

const MINUTE_MS = 60_000;

export interface EmergencyRow {
  readonly id: string;
  /** Name of who opened it; null when nobody can say. */
  readonly who: string | null;
  readonly number: string;
  readonly why: string;
  readonly at: string;
  readonly until: string;
  readonly open: boolean;
  /** Minutes it was open, or is to be open at most. */
  readonly minutes: number;
  readonly looked: string | null;
}

function rowOf(facts: EmergencyFacts, { now, nameOf }: EmergencyTools): EmergencyRow {
  const open = facts.closedAt === null && facts.untilAt > now;
  const end = facts.closedAt ?? facts.untilAt;
  return {
    id: facts.id,
    who: facts.personId === null ? null : nameOf(facts.personId),
    number: facts.clientNumber,
    why: `emergency:why.${facts.why}`,
    at: facts.openedAt.toISOString(),
    until: end.toISOString(),
    open,
    minutes: Math.ceil((end.getTime() - facts.openedAt.getTime()) / MINUTE_MS),
    looked: facts.lookedAt?.toISOString() ?? null,
  };
}

/** Open and past ones, newest first; no words. */
export function emergencyListView(found: EmergencyPage, tools: EmergencyTools & { readonly firstPage: boolean }) {
  return {
    rows: found.emergencies.map((facts) => rowOf(facts, tools)),
    older: found.next === null ? null : `/admin/emergency?after=${found.next}`,
    newer: tools.firstPage ? null : '/admin/emergency',
  };
}

/** One of them, with the words. */
export const emergencyOneView = (opened: EmergencyFacts & { readonly words: string }, tools: EmergencyTools) => ({
  ...rowOf(opened, tools),
  words: opened.words,
});
