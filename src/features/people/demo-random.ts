/** Numbers in [0, 1) that are the same on every machine for the same seed, so that every demo practice is the same one. Never for secrets. */
export function demoRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    // xorshift32: three shifts mix every bit of the state.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

export const pick = <T>(random: () => number, from: readonly T[]): T => from[Math.floor(random() * from.length)];
