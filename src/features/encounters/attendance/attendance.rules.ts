/** A time somebody was in the room; `until` is exclusive. */
export interface Span {
  readonly from: Date;
  readonly until: Date;
}

/** Someone who came back within this time was never away. */
export const GAP_MS = 60_000;
/** A page that was silent for this long is gone, since its last sign of life. */
export const SILENT_MS = 45_000;

/** Joins spans that overlap (two pages of one person) or lie less than a minute apart; in order of time. */
export function mergeSpans(spans: readonly Span[], gapMs = GAP_MS): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const last = merged.at(-1);
    if (last && span.from.getTime() - last.until.getTime() < gapMs) {
      if (span.until > last.until) merged[merged.length - 1] = { from: last.from, until: span.until };
    } else merged.push(span);
  }
  return merged;
}

/** Measured time of one person in whole minutes, rounded to the nearest. */
export const measuredMinutes = (spans: readonly Span[]): number =>
  Math.round(mergeSpans(spans).reduce((sum, { from, until }) => sum + until.getTime() - from.getTime(), 0) / 60_000);

/** A stored span as it counts at `now`: an open one that has been silent ended at its last sign of life. */
export function spanAt(row: { from: Date; last: Date; until: Date | null }, now: Date): Span {
  if (row.until) return { from: row.from, until: row.until };
  return { from: row.from, until: now.getTime() - row.last.getTime() >= SILENT_MS ? row.last : now };
}
