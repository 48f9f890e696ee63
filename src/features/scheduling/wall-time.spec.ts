import { describe, expect, it } from '@jest/globals';
import {
  addDays,
  isDay,
  isTime,
  localDayOf,
  localTimeOf,
  mondayOf,
  nextHalfHour,
  noonOf,
  sameClock,
  wallMinutesOf,
  weekdayOf,
  weekOf,
  zonedTime,
} from './wall-time.js';

const at = (day: string, time: string, zone: string) => {
  const { startsAt, rule } = zonedTime(day, time, zone);
  return `${startsAt.toISOString()} ${rule}`;
};

describe('an intended wall time', () => {
  it('is one instant on an ordinary day', () => {
    expect(at('2026-11-17', '10:00', 'America/Los_Angeles')).toBe('2026-11-17T18:00:00.000Z plain');
  });

  it('stays at the same hour of the clock through both changes in New York', () => {
    expect(at('2027-03-12', '16:00', 'America/New_York')).toBe('2027-03-12T21:00:00.000Z plain');
    expect(at('2027-03-15', '16:00', 'America/New_York')).toBe('2027-03-15T20:00:00.000Z plain');
    expect(at('2027-11-08', '16:00', 'America/New_York')).toBe('2027-11-08T21:00:00.000Z plain');
  });

  it('is held later when the clocks skip it: 2:30 becomes 3:30 in New York', () => {
    const moment = zonedTime('2027-03-14', '02:30', 'America/New_York');
    expect(moment.rule).toBe('gap');
    expect(moment.startsAt.toISOString()).toBe('2027-03-14T07:30:00.000Z');
    expect(localTimeOf(moment.startsAt, 'America/New_York')).toBe('03:30');
    // What was meant is kept.
    expect(moment.wallStart).toBe('2027-03-14T02:30');
  });

  it('means the first of two in New York', () => {
    expect(at('2027-11-07', '01:30', 'America/New_York')).toBe('2027-11-07T05:30:00.000Z overlap');
  });

  it('knows the half hour of Lord Howe, in both directions', () => {
    expect(at('2026-10-04', '02:15', 'Australia/Lord_Howe')).toBe('2026-10-03T15:45:00.000Z gap');
    expect(localTimeOf(new Date('2026-10-03T15:45:00Z'), 'Australia/Lord_Howe')).toBe('02:45');
    expect(at('2027-04-04', '01:45', 'Australia/Lord_Howe')).toBe('2027-04-03T14:45:00.000Z overlap');
  });

  it('never meets a change in Arizona, while the Navajo Nation does', () => {
    expect(at('2027-03-14', '02:30', 'America/Phoenix')).toBe('2027-03-14T09:30:00.000Z plain');
    expect(at('2027-03-14', '02:30', 'America/Denver')).toBe('2027-03-14T09:30:00.000Z gap');
  });

  it('knows clocks that jump at midnight: the day begins at 1:00 in Beirut', () => {
    const moment = zonedTime('2027-03-28', '00:00', 'Asia/Beirut');
    expect(moment.rule).toBe('gap');
    expect(localDayOf(moment.startsAt, 'Asia/Beirut')).toBe('2027-03-28');
    expect(localTimeOf(moment.startsAt, 'Asia/Beirut')).toBe('01:00');
  });

  it('refuses a zone that is none', () => {
    expect(() => zonedTime('2027-03-14', '02:30', 'Mars/Olympus')).toThrow(RangeError);
  });
});

describe('the day and the time of an instant', () => {
  it('are those of the zone', () => {
    const late = new Date('2026-11-18T07:30:00Z');
    expect(localDayOf(late, 'America/Los_Angeles')).toBe('2026-11-17');
    expect(localDayOf(late, 'America/New_York')).toBe('2026-11-18');
    expect(localTimeOf(late, 'America/Los_Angeles')).toBe('23:30');
    expect(wallMinutesOf(late, 'Asia/Kathmandu')).toBe(13 * 60 + 15);
  });

  it('the next half hour is ahead, and stays on its day', () => {
    const next = (time: string) =>
      nextHalfHour(zonedTime('2026-11-17', time, 'America/Phoenix').startsAt, 'America/Phoenix');
    expect(['09:52', '10:00', '10:29', '23:45'].map(next)).toEqual(['10:00', '10:30', '10:30', '23:30']);
  });

  it('noon is always inside the day, on days of 23 and 25 hours and at the date line', () => {
    for (const [day, zone] of [
      ['2027-03-14', 'America/New_York'],
      ['2027-11-07', 'America/New_York'],
      ['2027-01-01', 'Pacific/Kiritimati'],
      ['2027-01-01', 'Pacific/Pago_Pago'],
    ])
      expect(localDayOf(noonOf(day, zone), zone)).toBe(day);
  });

  it('two zones are the same clock only while their offsets agree', () => {
    expect(sameClock(new Date('2027-01-15T12:00:00Z'), 'America/Phoenix', 'America/Denver')).toBe(true);
    expect(sameClock(new Date('2027-07-15T12:00:00Z'), 'America/Phoenix', 'America/Denver')).toBe(false);
  });
});

describe('days, times and weeks as typed', () => {
  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-1-1',
    '1969-12-31',
    '2200-01-01',
    '',
    '2026-01-01T00:00',
    "2026-01-01'--",
  ])('%p is no day', (text) => expect(isDay(text)).toBe(false));
  it.each([null, undefined, 20260101, {}, ['2026-01-01']])('%p is no day either', (value) =>
    expect(isDay(value)).toBe(false),
  );
  it('29 February exists in leap years', () => expect(isDay('2028-02-29')).toBe(true));
  it.each(['24:00', '9:00', '09:60', '', '09:00:00', ' 09:00'])('%p is no time', (text) =>
    expect(isTime(text)).toBe(false),
  );
  it('00:00 and 23:59 are times', () => expect(['00:00', '23:59'].every(isTime)).toBe(true));

  it('weeks follow ISO 8601 around the new year', () => {
    expect(weekOf('2027-01-01')).toBe('2026-W53');
    expect(weekOf('2024-12-30')).toBe('2025-W01');
    expect(mondayOf('2026-W53')).toBe('2026-12-28');
    expect(mondayOf('2026-W01')).toBe('2025-12-29');
    expect(mondayOf('2027-W53')).toBeUndefined();
    expect(mondayOf('2026-W00')).toBeUndefined();
    expect(mondayOf('now')).toBeUndefined();
    expect(weekdayOf('2026-11-17')).toBe(2);
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });
});
