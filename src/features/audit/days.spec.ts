import { describe, expect, it } from '@jest/globals';
import { finishedWeeks, isDay, localMoments, weekFrom } from './days.js';

describe('weeks of the practice', () => {
  it('end at midnight of its clocks, also when those change', () => {
    const autumn = weekFrom('2026-10-26', 'America/Denver');
    expect([autumn.from, autumn.until]).toEqual([new Date('2026-10-26T06:00:00Z'), new Date('2026-11-02T07:00:00Z')]);
  });

  it('are finished once their Sunday is over, and none counts from before the audit began', () => {
    const weeks = (now: string, since = '2026-11-01T12:00:00Z') =>
      finishedWeeks(new Date(now), 'America/Denver', new Date(since), 3).map(({ start }) => start);
    expect(weeks('2026-11-23T06:59:59Z')).toEqual(['2026-11-09', '2026-11-02', '2026-10-26']);
    expect(weeks('2026-11-23T07:00:00Z')).toEqual(['2026-11-16', '2026-11-09', '2026-11-02']);
    expect(weeks('2026-11-23T07:00:00Z', '2026-11-16T12:00:00Z')).toEqual(['2026-11-16']);
    expect(weeks('2026-11-23T07:00:00Z', '2026-11-23T07:00:00Z')).toEqual([]);
  });
});

describe('localMoments', () => {
  it('reads day, hour and weekend in the zone, with its half hours', () => {
    const india = localMoments('Asia/Kolkata');
    expect(india(new Date('2026-11-20T18:29:59Z'))).toEqual({ day: '2026-11-20', hour: 23, weekend: false });
    expect(india(new Date('2026-11-20T18:30:00Z'))).toEqual({ day: '2026-11-21', hour: 0, weekend: true });
  });
});

it('knows the days that exist', () => {
  expect(['2026-02-28', '2024-02-29'].every(isDay)).toBe(true);
  expect(['2026-02-29', '2026-13-01', '26-01-01', '', '2026-01-01T00:00'].some(isDay)).toBe(false);
});
