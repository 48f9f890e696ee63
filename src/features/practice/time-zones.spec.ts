import { describe, expect, it } from '@jest/globals';
import { isTimeZone, timeZoneNames } from './time-zones.js';

describe('time zones', () => {
  it.each(['America/New_York', 'UTC', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5', 'US/Pacific'])(
    '%p is one',
    (zone) => expect(isTimeZone(zone)).toBe(true),
  );
  it.each(['', '+05:00', 'Mars/Olympus', "UTC'; --", '../etc', 'a'.repeat(200), null, 7, {}])('%p is none', (zone) =>
    expect(isTimeZone(zone)).toBe(false),
  );
  it('lists each zone once, and every listed zone is one', () => {
    expect(new Set(timeZoneNames()).size).toBe(timeZoneNames().length);
    expect(timeZoneNames().every(isTimeZone)).toBe(true);
  });
});
