import type { DirectoryEntry } from '../../../platform/directory/directory.js';

/** First step of booking: whom the appointment is for. Every row keeps the time that was chosen in the calendar. */
export function whoComesView(
  entries: readonly DirectoryEntry[],
  more: boolean,
  query: string,
  slot: { readonly day: string; readonly time: string; readonly clinicianId: string },
  nameOf: (entry: DirectoryEntry) => string,
) {
  const parameters = new URLSearchParams({ day: slot.day, time: slot.time, clinician: slot.clinicianId });
  return {
    rows: entries.map((entry) => ({
      href: `/appointments/new?client=${entry.id}&${parameters.toString()}`,
      name: nameOf(entry),
      zone: entry.timeZone,
    })),
    more,
    query,
    ...slot,
  };
}
