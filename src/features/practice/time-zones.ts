const SHAPE = /^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){0,2}$/;

/** True for a name of the IANA zone database that this server knows; offsets like `+05:00` are not zones. */
export function isTimeZone(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > 64 || !SHAPE.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Where most practices are: first in every list of zones. */
const FIRST = [
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Anchorage',
  'Pacific/Honolulu',
];

/** All zones for a select: the common ones first, then the rest by name. */
export const timeZoneNames = (): readonly string[] => names;

const names: readonly string[] = [
  ...FIRST,
  ...[...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].filter((zone) => !FIRST.includes(zone)).sort(),
];
