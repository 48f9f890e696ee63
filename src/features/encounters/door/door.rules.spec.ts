import { describe, expect, it } from '@jest/globals';
import { closesAt, doorState, isLate, opensAt, type SessionAppointment } from './door.rules.js';

const start = new Date('2026-11-17T18:00:00Z');
const minutes = (count: number): Date => new Date(start.getTime() + count * 60_000);
const appointment: SessionAppointment = {
  id: 'a',
  clinicianId: 'c',
  caseId: 'k',
  memberIds: ['m'],
  startsAt: start,
  endsAt: minutes(50),
  timeZone: 'America/Los_Angeles',
  modality: 'video',
  cancelled: false,
};

describe('where a session link leads', () => {
  it('is early until half an hour before the start, to the millisecond', () => {
    const opening = opensAt(appointment);
    expect(doorState(appointment, undefined, new Date(opening.getTime() - 1))).toBe('early');
    expect(doorState(appointment, undefined, opening)).toBe('open');
  });

  it('is open early when the clinician opened the session', () => {
    expect(doorState(appointment, 'open', minutes(-120))).toBe('open');
  });

  it('works for twelve hours after the planned end, unless the session was ended', () => {
    expect(doorState(appointment, 'open', new Date(closesAt(appointment).getTime() - 1))).toBe('open');
    expect(doorState(appointment, 'open', closesAt(appointment))).toBe('ended');
    expect(doorState(appointment, 'ended', minutes(10))).toBe('ended');
  });

  it('says cancelled before anything else', () => {
    const cancelled = { ...appointment, cancelled: true };
    for (const now of [minutes(-600), minutes(0), minutes(6000)])
      expect(doorState(cancelled, 'open', now)).toBe('cancelled');
  });

  it('sends people to the office when the session is there', () => {
    expect(doorState({ ...appointment, modality: 'office' }, undefined, minutes(0))).toBe('in-office');
  });

  it('calls nobody late within the first five minutes', () => {
    expect(isLate(appointment, minutes(4))).toBe(false);
    expect(isLate(appointment, minutes(5))).toBe(true);
  });
});
