import type { AppointmentFacts } from '../appointment.model.js';
import type { DayDecoration } from '../day-decorators.js';
import { sameClock } from '../wall-time.js';
import type { Say } from './reader.js';

/** How long before its start a session can be opened from Today. */
export const OPEN_AHEAD_MS = 15 * 60_000;

export interface Chip {
  readonly tone: string;
  readonly text: string;
}

export interface Action {
  readonly href: string;
  readonly label: string;
  readonly icon: string | null;
  /** Class of the button. */
  readonly style: 'btn-primary' | 'btn-quiet' | 'btn-text';
}

/** What the reader of a line may do. */
export interface LineRights {
  /** Their own day, and they may hold sessions. */
  readonly host: boolean;
  /** They may open the charts of this day. */
  readonly chart: boolean;
}

export type Phase = 'ahead' | 'soon' | 'now' | 'over';

export function phaseOf(facts: Pick<AppointmentFacts, 'startsAt' | 'endsAt'>, now: Date): Phase {
  if (facts.endsAt <= now) return 'over';
  if (facts.startsAt <= now) return 'now';
  return facts.startsAt.getTime() - now.getTime() <= OPEN_AHEAD_MS ? 'soon' : 'ahead';
}

/** The chip of a line: what another feature says about it, else its own state. */
export function chipOf(
  facts: AppointmentFacts,
  phase: Phase,
  decoration: DayDecoration | undefined,
  say: Say,
): Chip | null {
  if (facts.status === 'cancelled') return { tone: '', text: say('scheduling:state.cancelled') };
  if (decoration?.chip) return { tone: decoration.chip.tone, text: say(decoration.chip.text, decoration.chip.values) };
  if (phase === 'over' || facts.status === 'attended') return { tone: 'done', text: say('scheduling:state.done') };
  if (phase === 'now') return { tone: 'well-on', text: say('scheduling:state.now') };
  return null;
}

/** The one action of a line; it changes with time: prepare, open the session, look back. */
export function actionOf(
  facts: AppointmentFacts,
  phase: Phase,
  decoration: DayDecoration | undefined,
  rights: LineRights,
  say: Say,
): Action {
  const details = { href: `/appointments/${facts.id}`, label: say('scheduling:action.details'), icon: null };
  if (facts.status === 'cancelled') return { ...details, style: 'btn-text' };
  if (decoration?.action && rights.host) {
    const { href, label, icon, style } = decoration.action;
    return { href, label: say(label), icon, style: `btn-${style}` };
  }
  if (phase === 'over') return { ...details, style: 'btn-text' };
  if (phase !== 'ahead' && rights.host && facts.modality === 'video')
    return {
      href: `/sessions/${facts.id}`,
      label: say('scheduling:action.open-session'),
      icon: 'video',
      style: 'btn-primary',
    };
  if (rights.chart && facts.memberIds.length === 1)
    return {
      href: `/clients/${facts.memberIds[0]}`,
      label: say('scheduling:action.prepare'),
      icon: null,
      style: 'btn-text',
    };
  return { ...details, style: 'btn-text' };
}

/** "Individual, on video". */
export const whatOf = (facts: AppointmentFacts, say: Say): string =>
  say(`scheduling:what.${facts.modality}`, { service: say(`scheduling:service.${facts.service}`) });

/** The client's zone when their clock differs from the reader's at the start; null when both read the same. */
export const otherZone = (facts: AppointmentFacts, clientZone: string | undefined, zone: string): string | null =>
  clientZone && !sameClock(facts.startsAt, clientZone, zone) ? clientZone : null;
