import { describe, expect, it } from '@jest/globals';
import { nextFreeTimes, type FreeTimeQuestion } from './free-times.js';
import { zonedTime } from './wall-time.js';

const zone = 'America/New_York';
const busy = (day: string, from: string, until: string) => ({
  startsAt: zonedTime(day, from, zone).startsAt,
  endsAt: zonedTime(day, until, zone).startsAt,
});
const ask = (change: Partial<FreeTimeQuestion>) =>
  nextFreeTimes({
    day: '2026-11-17',
    time: '10:00',
    minutes: 50,
    timeZone: zone,
    now: new Date('2026-11-16T12:00:00Z'),
    taken: [],
    count: 3,
    days: 14,
    ...change,
  }).map(({ day, time }) => `${day} ${time}`);

describe('the next free times', () => {
  it('begin where the question begins and go on by half hours', () => {
    expect(ask({})).toEqual(['2026-11-17 10:00', '2026-11-17 10:30', '2026-11-17 11:00']);
  });

  it('leave out what overlaps by a minute and keep what touches', () => {
    expect(ask({ taken: [busy('2026-11-17', '10:50', '12:00')] })).toEqual([
      '2026-11-17 10:00',
      '2026-11-17 12:00',
      '2026-11-17 12:30',
    ]);
    expect(ask({ taken: [busy('2026-11-17', '10:49', '12:01')] })[0]).toBe('2026-11-17 12:30');
  });

  it('go over to the next morning', () => {
    expect(ask({ time: '18:45' })).toEqual(['2026-11-17 19:00', '2026-11-18 08:00', '2026-11-18 08:30']);
  });

  it('are never in the past', () => {
    expect(ask({ now: zonedTime('2026-11-17', '11:00', zone).startsAt })[0]).toBe('2026-11-17 11:30');
  });

  it('are none when everything is taken', () => {
    expect(
      ask({
        days: 2,
        taken: [
          busy('2026-11-16', '00:00', '23:00'),
          busy('2026-11-16', '22:00', '23:59'),
          { startsAt: new Date(0), endsAt: new Date('2030-01-01') },
        ],
      }),
    ).toEqual([]);
  });
});
