export const TIME_STYLES = ['time', 'date', 'day', 'full', 'zone'] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

export const isTimeStyle = (value: unknown): value is TimeStyle =>
  typeof value === 'string' && (TIME_STYLES as readonly string[]).includes(value);

const OPTIONS: Readonly<Record<TimeStyle, Intl.DateTimeFormatOptions>> = {
  /** 9:52 AM */
  time: { hour: 'numeric', minute: '2-digit' },
  /** November 17, 2026 */
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  /** Tuesday, November 17 */
  day: { weekday: 'long', month: 'long', day: 'numeric' },
  /** Tuesday, November 17 at 9:52 AM */
  full: { weekday: 'long', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' },
  /** Pacific */
  zone: { timeZoneName: 'longGeneric' },
};

/** English of the United States writes 9:52 AM; plain `en` would too, but differs between engines in its date order. */
const REGION: Readonly<Record<string, string>> = { en: 'en-US' };

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * Writes an instant as people in `zone` (IANA) do. `zone` as style gives the everyday name of the zone at that instant.
 * Throws RangeError for an unknown zone or an invalid date.
 */
export function formatTime(at: Date, zone: string, style: TimeStyle, locale = 'en'): string {
  const format = formatFor(zone, style, locale);
  if (style === 'zone') return zoneName(format.formatToParts(at), zone);
  // Engines put a narrow no-break space before AM; fonts and searches prefer the plain one.
  return format.format(at).replaceAll(/[\u202f\u00a0]/g, ' ');
}

function formatFor(zone: string, style: TimeStyle, locale: string): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${style}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(REGION[locale] ?? locale, { ...OPTIONS[style], timeZone: zone });
    if (formats.size > 2_000) formats.clear();
    formats.set(key, format);
  }
  return format;
}

/** "Pacific Time" is said as "Pacific"; names that end otherwise stay as they are. */
function zoneName(parts: Intl.DateTimeFormatPart[], zone: string): string {
  if (zone === 'UTC' || zone === 'Etc/UTC') return 'UTC';
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  return name.replace(/ Time$/, '');
}
