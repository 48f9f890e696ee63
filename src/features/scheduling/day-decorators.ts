import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import type { AppointmentFacts } from './appointment.model.js';

/** What another feature adds to the line of one appointment on Today and in the calendar. */
export interface DayDecoration {
  /** Replaces the state chip. `text` is an i18n key (`encounters:chip.waiting`) with its values. */
  readonly chip?: {
    readonly tone: 'well-on' | 'attend' | 'alert-on' | 'done' | '';
    readonly text: string;
    readonly values?: Readonly<Record<string, string | number>>;
  };
  /** Replaces the primary action. `label` is an i18n key; `icon` a Tabler outline name. */
  readonly action?: {
    readonly href: string;
    readonly label: string;
    readonly icon: string | null;
    /** `primary` is the one filled button of the page. */
    readonly style: 'primary' | 'quiet' | 'text';
  };
  /** True marks the line as the one that matters now (somebody waits, or the session is open). */
  readonly here?: boolean;
}

export type DayDecorator = (
  appointments: readonly AppointmentFacts[],
  context: { readonly who: Principal; readonly now: Date },
) => Promise<ReadonlyMap<string, DayDecoration>>;

/** Scheduling knows nothing of doors and notes; those features decorate its lines. One statement each, whatever the count. */
@Injectable()
export class DayDecorators {
  private readonly decorators: DayDecorator[] = [];

  register(decorator: DayDecorator): void {
    this.decorators.push(decorator);
  }

  /** Later registrations win per field. No call at all on an empty day. */
  async decorate(
    appointments: readonly AppointmentFacts[],
    context: { readonly who: Principal; readonly now: Date },
  ): Promise<ReadonlyMap<string, DayDecoration>> {
    const all = new Map<string, DayDecoration>();
    if (appointments.length === 0) return all;
    const maps = await Promise.all(this.decorators.map((decorate) => decorate(appointments, context)));
    for (const map of maps) for (const [id, decoration] of map) all.set(id, { ...all.get(id), ...decoration });
    return all;
  }
}
