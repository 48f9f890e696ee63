import { describe, expect, it } from '@jest/globals';
import type { AppointmentFacts } from '../appointment.model.js';
import { zonedTime } from '../wall-time.js';
import { weekGrid } from './week-grid.js';

const zone = 'America/New_York';
const day = '2026-11-17';
const at = (id: string, time: string, minutes: number, on = day): AppointmentFacts => {
  const { startsAt } = zonedTime(on, time, zone);
  return {
    id,
    caseId: 'case',
    clinicianId: 'clinician',
    memberIds: [],
    service: 'individual',
    modality: 'video',
    status: 'booked',
    startsAt,
    endsAt: new Date(startsAt.getTime() + minutes * 60_000),
    timeZone: zone,
    wallStart: `${on}T${time}`,
    localDay: on,
    version: 1,
  };
};
const column = (...appointments: AppointmentFacts[]) => {
  const grid = weekGrid([day], new Map([[day, appointments]]), zone);
  const cells = grid.columns[0];
  // A table holds together only when the rows of all cells of a column add up.
  expect(cells.reduce((sum, cell) => sum + (cell?.kind === 'busy' ? cell.rows : cell ? 1 : 0), 0)).toBe(
    grid.times.length,
  );
  return cells.flatMap((cell, row) =>
    cell?.kind === 'busy' ? [`${grid.times[row]}+${cell.rows} ${cell.appointments.map(({ id }) => id).join(' ')}`] : [],
  );
};

describe('the week in half hours', () => {
  it('covers the working day when nothing is booked', () => {
    const grid = weekGrid([day, '2026-11-18'], new Map(), zone);
    expect([grid.times[0], grid.times.at(-1), grid.columns.length]).toEqual(['08:00', '17:30', 2]);
  });

  it('rounds fifty minutes to the hour, and eighty to an hour and a half', () => {
    expect(column(at('a', '09:00', 50), at('b', '10:00', 80))).toEqual(['09:00+2 a', '10:00+3 b']);
  });

  it('puts what shares a half hour into one cell', () => {
    // Cancelled at nine, booked again at half past.
    expect(column(at('a', '09:00', 50), at('b', '09:30', 50), at('c', '11:00', 50))).toEqual([
      '09:00+3 a b',
      '11:00+2 c',
    ]);
    expect(column(at('a', '09:00', 10), at('b', '09:10', 5))).toEqual(['09:00+1 a b']);
  });

  it('reaches early and late, in whole hours', () => {
    expect(column(at('a', '06:30', 50), at('b', '22:30', 50))).toEqual(['06:30+2 a', '22:30+2 b']);
  });

  it('ends at midnight what goes on after it', () => {
    expect(column(at('a', '23:30', 50))).toEqual(['23:30+1 a']);
    expect(column(at('a', '23:55', 50))).toEqual(['23:30+1 a']);
  });

  it('stands where the wall clock is on the days of 23 and 25 hours', () => {
    for (const on of ['2027-03-14', '2027-11-07']) {
      const grid = weekGrid([on], new Map([[on, [at('a', '09:00', 50, on)]]]), zone);
      expect(grid.times[grid.columns[0].findIndex((cell) => cell?.kind === 'busy')]).toBe('09:00');
    }
  });
});
