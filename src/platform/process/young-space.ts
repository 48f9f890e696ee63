import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Both halves together: beyond it a bigger space saves hardly any work, and V8 keeps it resident long after the load is gone. */
const BOUND_BYTES = 32 * 1_048_576;
const LOOK_EVERY_MS = 1_000;
/** Of processor time between two looks: a few dozen pages. */
const BUSY_MICROSECONDS = 200_000;
/** Busy looks one after another that make a load; the end of the start is one or two. */
const LOOKS_OF_LOAD = 3;

let factor = 0;

/**
 * Keeps V8's space for young objects at its first size while the server starts. Loading the program makes more survivors than hours of
 * serving do: without this the space grows to 64 MB at once, which stay resident in an idle server.
 */
export function holdYoungSpace(): void {
  growBy(1);
}

/**
 * From here on the space follows the load: it may grow, up to a bound, while the process stays busy. An idle server stays
 * small. Looked after from time to time, since a flag for the bound works only on the command line of the process, and the server is
 * started in many ways.
 */
export function releaseYoungSpace(): void {
  let before = process.cpuUsage();
  let busyLooks = 0;
  setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    busyLooks = user + system > BUSY_MICROSECONDS ? busyLooks + 1 : 0;
    growBy(busyLooks >= LOOKS_OF_LOAD && youngBytes() < BOUND_BYTES ? 2 : 1);
  }, LOOK_EVERY_MS).unref();
}

function growBy(wanted: 1 | 2): void {
  if (wanted === factor) return;
  factor = wanted;
  setFlagsFromString(`--semi-space-growth-factor=${wanted}`);
}

const youngBytes = (): number =>
  getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;
