import type { AppointmentFacts } from '../appointment.model.js';
import { wallMinutesOf } from '../wall-time.js';

/** Half hours. */
const STEP = 30;
const HOUR = 60;
const FIRST = 8 * 60;
const LAST = 18 * 60;
const MIDNIGHT = 24 * 60;

/** One cell of a column: appointments over some rows, an empty half hour, or null where a cell above reaches down. */
export type GridCell =
  | { readonly kind: 'busy'; readonly rows: number; readonly appointments: readonly AppointmentFacts[] }
  | { readonly kind: 'empty'; readonly time: string }
  | null;

export interface WeekGrid {
  /** `HH:MM` of each row. */
  readonly times: readonly string[];
  /** Column by day, row by time. */
  readonly columns: readonly (readonly GridCell[])[];
}

/**
 * Lays a week out in half hours as a table that a screen reader can follow. Appointments that share a half hour share a cell; one that
 * runs past midnight ends at the bottom of its day.
 */
export function weekGrid(
  days: readonly string[],
  appointments: ReadonlyMap<string, readonly AppointmentFacts[]>,
  timeZone: string,
): WeekGrid {
  const placed = days.map((day) => (appointments.get(day) ?? []).map((facts) => placeOf(facts, timeZone)));
  // Whole hours, because the hour is named once for its two rows.
  const from = Math.floor(Math.min(FIRST, ...placed.flat().map(({ start }) => start)) / HOUR) * HOUR;
  const until = Math.ceil(Math.max(LAST, ...placed.flat().map(({ end }) => end)) / HOUR) * HOUR;
  const times: string[] = [];
  for (let minute = from; minute < until; minute += STEP) times.push(clock(minute));
  return { times, columns: placed.map((column) => columnOf(column, from, times)) };
}

interface Placed {
  readonly facts: AppointmentFacts;
  /** Minutes since midnight, whole half hours. */
  readonly start: number;
  readonly end: number;
}

function placeOf(facts: AppointmentFacts, timeZone: string): Placed {
  const minutes = (facts.endsAt.getTime() - facts.startsAt.getTime()) / 60_000;
  const exact = wallMinutesOf(facts.startsAt, timeZone);
  const start = Math.min(Math.round(exact / STEP) * STEP, MIDNIGHT - STEP);
  const end = Math.min(Math.max(Math.round((exact + minutes) / STEP) * STEP, start + STEP), MIDNIGHT);
  return { facts, start, end };
}

function columnOf(placed: readonly Placed[], from: number, times: readonly string[]): GridCell[] {
  const cells: GridCell[] = times.map((time) => ({ kind: 'empty', time }));
  for (const cluster of clusters(placed)) {
    const first = (cluster.start - from) / STEP;
    const rows = (cluster.end - cluster.start) / STEP;
    cells.fill(null, first, first + rows);
    cells[first] = { kind: 'busy', rows, appointments: cluster.appointments };
  }
  return cells;
}

/** Appointments whose half hours touch, together; a table cannot hold two in one place. */
function clusters(placed: readonly Placed[]): { start: number; end: number; appointments: AppointmentFacts[] }[] {
  const all: { start: number; end: number; appointments: AppointmentFacts[] }[] = [];
  for (const { facts, start, end } of [...placed].sort((a, b) => a.start - b.start)) {
    const last = all.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.appointments.push(facts);
    } else all.push({ start, end, appointments: [facts] });
  }
  return all;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
