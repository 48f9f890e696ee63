import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's space for young objects at its first size while the server starts. Loading the program makes more survivors than hours of
 * serving do: without this the space grows to 64 MB at once, which stay resident in an idle server.
 */
export function holdYoungSpace(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Lets the space grow again as V8 would by itself: from here on it follows the load. */
export function releaseYoungSpace(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
