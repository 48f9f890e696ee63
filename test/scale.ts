/** Sizes of the tests that can be small or large: `npm test` runs the quick ones, `npm run test:deep` the deep ones. */
export interface Scale {
  /** Rows of the audit tampered with, each to be found by name among as many clean ones. */
  readonly tamperings: number;
  /** Rows of the audit tampered with in memory, one check each. */
  readonly rowTamperings: number;
  /** Values sealed under one key, whose nonces must all differ. */
  readonly nonces: number;
  /** Damaged ciphertexts, each of which must answer the same clean error. */
  readonly damages: number;
  /** Rows of the audit that are verified against the clock. */
  readonly verifiedRows: number;
  /** Ordinary acts of the week that the review goes through. */
  readonly ordinaryActs: number;
  /** Reads recorded while their server is killed. */
  readonly killedServers: number;
  /** Tries to sign in to one account, from a thousand addresses, over a quarter of an hour and a bit. */
  readonly signInTries: number;
  /** Requests in flight around a revocation, over all kinds. */
  readonly racingRequests: number;
  /** Of the spellings of another site, each how-many-th is sent over HTTP to each route that leads on. */
  readonly redirectStep: number;
  /** Tries per kind of account when answers to strangers are timed. */
  readonly timedTries: number;
  /** Processes (connections) that ask for the first key of one class at once. */
  readonly keyRacers: number;
  /** People in the directory. */
  readonly directoryEntries: number;
}

const quick: Scale = {
  tamperings: 300,
  rowTamperings: 2_000,
  nonces: 100_000,
  damages: 3_000,
  verifiedRows: 5_000,
  signInTries: 1_000,
  racingRequests: 1_000,
  redirectStep: 4,
  timedTries: 60,
  ordinaryActs: 10_000,
  killedServers: 2,
  keyRacers: 8,
  directoryEntries: 100_000,
};

const deep: Scale = {
  tamperings: 100_000,
  rowTamperings: 1_000_000,
  nonces: 10_000_000,
  damages: 1_000_000,
  verifiedRows: 300_000,
  signInTries: 150_000,
  racingRequests: 10_000,
  redirectStep: 1,
  timedTries: 2_000,
  ordinaryActs: 100_000,
  killedServers: 100,
  keyRacers: 40,
  directoryEntries: 100_000,
};

export const scale: Scale = process.env.ALCOVE_TEST_SCALE === 'deep' ? deep : quick;

/** Random numbers in [0, 1) that are the same in every run (mulberry32), so that a failure can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
