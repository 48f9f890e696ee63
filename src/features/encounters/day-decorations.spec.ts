import { describe, expect, it } from '@jest/globals';
import { decoration } from './day-decorations.js';

const start = new Date('2026-11-17T18:00:00Z');
const minutes = (count: number): Date => new Date(start.getTime() + count * 60_000);
const appointment = { id: 'a', startsAt: start, endsAt: minutes(50) };
const door = (change: object = {}) => ({
  appointment_id: 'a',
  state: 'open' as const,
  waiting_since: null,
  inside: 0,
  ...change,
});

describe('what the door adds to a line of Today', () => {
  it('says how long somebody has been waiting and opens the way in for the clinician only', () => {
    const waiting = door({ waiting_since: minutes(-4) });
    expect(decoration(appointment, waiting, true, start)).toMatchObject({
      chip: { tone: 'well-on', text: 'encounters:day.waiting', values: { count: 4 } },
      action: { href: '/sessions/a', style: 'primary' },
      here: true,
    });
    expect(decoration(appointment, waiting, false, start).action).toBeUndefined();
    expect(decoration(appointment, door({ waiting_since: start }), true, start).chip?.text).toBe(
      'encounters:day.waiting-now',
    );
  });

  it('offers to open a session from half an hour before, and leaves other lines alone', () => {
    expect(decoration(appointment, undefined, true, minutes(-31))).toEqual({});
    expect(decoration(appointment, undefined, true, minutes(-30)).action?.style).toBe('primary');
    expect(decoration(appointment, undefined, false, minutes(-30))).toEqual({});
    expect(decoration(appointment, undefined, true, minutes(51))).toEqual({});
  });

  it('marks running and ended sessions', () => {
    expect(decoration(appointment, door({ inside: 1 }), true, minutes(5)).chip?.text).toBe('encounters:day.inside');
    expect(decoration(appointment, door({ state: 'ended' }), true, minutes(55)).chip?.tone).toBe('done');
  });
});
