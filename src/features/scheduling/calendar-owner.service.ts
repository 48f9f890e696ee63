import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import { Directory } from '../../platform/directory/directory.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { seesWholeCalendar } from '../people/public.js';
import { mayReadCalendar } from './calendar-access.js';

/** Whose days are shown. */
export interface CalendarOwner {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  /** True for the reader's own calendar. */
  readonly own: boolean;
  /** The calendars the reader may choose from; empty for those who only have their own. */
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

const MOST = 500;

/** Decides whose calendar a page shows. No statement: clinicians are in the directory. */
@Injectable()
export class CalendarOwners {
  constructor(private readonly directory: Directory) {}

  /**
   * The asked clinician, else the reader's own, else the first by name. Undefined when the practice has no clinician yet.
   * Throws not-found for a clinician who is unknown or not theirs to see.
   */
  resolve(who: Principal, asked: string | undefined): CalendarOwner | undefined {
    const choices = seesWholeCalendar(who) ? this.clinicians() : [];
    const own = who.personId && this.isClinician(who.personId) ? who.personId : undefined;
    const id = asked ?? own ?? choices[0]?.value;
    if (!id) return undefined;
    const entry = this.directory.get(id);
    if (!entry?.kinds.includes('clinician') || !mayReadCalendar(who, id)) throw notFound();
    return { id, name: entry.displayName, zone: entry.timeZone, own: id === who.personId, choices };
  }

  private isClinician(id: string): boolean {
    return this.directory.get(id)?.kinds.includes('clinician') ?? false;
  }

  private clinicians(): { value: string; label: string }[] {
    const { entries } = this.directory.page({
      kind: 'clinician',
      allowed: (entry) => entry.status !== 'ended',
      limit: MOST,
    });
    return entries.map((entry) => ({ value: entry.id, label: entry.displayName }));
  }
}
