import { describe, expect, it } from '@jest/globals';
import { askedDay, weekDays } from './calendar.view.js';
import { withPick } from './appointment.form.js';

describe('which week', () => {
  it('is the one of the asked day, else of the asked week, else the present one', () => {
    const today = '2026-11-17';
    expect(askedDay('2026-12-25', '2026-W01', today)).toBe('2026-12-25');
    expect(askedDay(undefined, '2026-W50', today)).toBe('2026-12-07');
    expect(askedDay(undefined, '2026-W47', today)).toBe(today);
    expect(askedDay(undefined, '2027-W53', today)).toBe(today);
    expect(askedDay(undefined, '', today)).toBe(today);
  });

  it('begins on Monday, over the new year too', () => {
    expect(weekDays('2027-01-01')).toEqual([
      '2026-12-28',
      '2026-12-29',
      '2026-12-30',
      '2026-12-31',
      '2027-01-01',
      '2027-01-02',
      '2027-01-03',
    ]);
  });
});

describe('a picked time', () => {
  it('replaces the typed one and nothing else', () => {
    expect(withPick({ day: '2026-01-01', time: '09:00', service: 'check-in', pick: '2026-01-02T10:30' })).toEqual({
      day: '2026-01-02',
      time: '10:30',
      service: 'check-in',
    });
  });

  it.each([['nonsense'], [['2026-01-02T10:30']], [{}], [null]])('%p is no pick', (pick) => {
    expect(withPick({ day: 'typed', pick })).toEqual({ day: 'typed' });
  });
});
