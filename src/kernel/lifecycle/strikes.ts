const WINDOW = 10 * 60_000;
export const STRIKES_ALLOWED = 3;

/** Strikes that still count, with a new one added. */
export const addStrike = (strikes: readonly Date[], now: Date): Date[] => [
  ...strikes.filter((strike) => now.getTime() - strike.getTime() < WINDOW),
  now,
];

export const isOut = (strikes: readonly Date[]): boolean => strikes.length >= STRIKES_ALLOWED;

/** Pause before try number `tries` (1, 2, ...), in milliseconds: doubling, with an upper bound. */
export const pauseBefore = (tries: number, first: number, most: number): number =>
  Math.min(first * 2 ** Math.max(0, tries - 1), most);
