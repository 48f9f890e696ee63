import { scrub } from '../../platform/logging/log.js';

const LONGEST = 300;

/** The first line of what an error says, short and without quoted database values: shown to those who manage plugins. */
export function detailOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = scrub(
    text
      .split('\n')
      .find((part) => part.trim() !== '')
      ?.trim() ?? 'no message',
  );
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
