import { describe, expect, it } from '@jest/globals';
import type { AppointmentFacts } from '../appointment.model.js';
import { localDayOf, zonedTime } from '../wall-time.js';
import type { Reader } from './reader.js';
import { todayView, type AppointmentLine, type TodayInput } from './today.view.js';

const zone = 'America/Los_Angeles';
const day = '2026-11-17';
const reader: Reader = {
  locale: 'en',
  say: (key, values) => `${key.replace('scheduling:', '')}${values ? `(${Object.values(values).join(',')})` : ''}`,
};
const at = (time: string, on = day) => zonedTime(on, time, zone).startsAt;

let count = 0;
const appointment = (time: string, change: Partial<AppointmentFacts> = {}, minutes = 50): AppointmentFacts => ({
  id: `a${++count}`,
  caseId: 'case',
  clinicianId: 'clinician',
  memberIds: ['rowan'],
  service: 'individual',
  modality: 'video',
  status: 'booked',
  startsAt: at(time),
  endsAt: new Date(at(time).getTime() + minutes * 60_000),
  timeZone: zone,
  wallStart: `${day}T${time}`,
  localDay: day,
  version: 1,
  ...change,
});

const view = (appointments: AppointmentFacts[], now = '09:52', change: Partial<TodayInput> = {}) =>
  todayView(
    {
      day,
      zone,
      now: at(now),
      today: day,
      appointments,
      decorations: new Map(),
      rights: { host: true, chart: true },
      mayBook: true,
      clinician: null,
      clinicians: [],
      namesHidden: false,
      name: (id) => id,
      zoneOf: () => zone,
      ...change,
    },
    reader,
  );
const shape = (model: ReturnType<typeof view>): string[] =>
  model.lines.map((line) =>
    line.kind === 'appointment' ? `${line.state || 'later'}:${line.action.label}` : line.kind,
  );
const lines = (model: ReturnType<typeof view>): AppointmentLine[] =>
  model.lines.filter((line): line is AppointmentLine => line.kind === 'appointment');

describe('the day as a timeline', () => {
  it('marks what is past, where the clock is, what is next and what is free', () => {
    const model = view([appointment('08:00'), appointment('10:00'), appointment('11:00'), appointment('13:00')]);
    expect(shape(model)).toEqual([
      'past:action.details',
      'now',
      'free',
      'next:action.open-session',
      'later:action.prepare',
      'free',
      'later:action.prepare',
    ]);
    expect(model.summary).toBe('today.count(4) today.behind(1) today.next(10:00 AM)');
  });

  it('changes the action with the hour: prepare, open, look back', () => {
    const one = [appointment('10:00')];
    expect(shape(view(one, '09:44'))).toEqual(['now', 'next:action.prepare']);
    expect(shape(view(one, '09:45'))).toEqual(['now', 'next:action.open-session']);
    // A session that is going on is the mark of now itself.
    expect(shape(view(one, '10:00'))).toEqual(['next:action.open-session']);
    expect(shape(view(one, '10:49'))).toEqual(['next:action.open-session']);
    expect(shape(view(one, '10:50'))).toEqual(['past:action.details', 'now']);
  });

  it('offers no session to those who may not hold one, and none in the office', () => {
    expect(shape(view([appointment('10:00')], '09:52', { rights: { host: false, chart: false } }))).toEqual([
      'now',
      'next:action.details',
    ]);
    expect(shape(view([appointment('10:00', { modality: 'office' })]))).toEqual(['now', 'next:action.prepare']);
  });

  it('has one filled button, whatever others add', () => {
    const both = [appointment('09:40'), appointment('10:00')];
    const action = { href: '/sessions/x', label: 'encounters:open', icon: 'video', style: 'primary' } as const;
    const model = view(both, '09:52', { decorations: new Map(both.map(({ id }) => [id, { action }])) });
    expect(lines(model).map((line) => line.action.style)).toEqual(['btn-primary', 'btn-quiet']);
  });

  it('shows what the door says in place of its own state', () => {
    const one = appointment('10:00');
    const chip = { tone: 'well-on', text: 'encounters:waiting', values: { count: 4 } } as const;
    const [line] = lines(view([one], '09:52', { decorations: new Map([[one.id, { chip, here: true }]]) }));
    expect(line.chip).toEqual({ tone: 'well-on', text: 'encounters:waiting(4)' });
    expect(line.state).toBe('next');
  });

  it('a cancelled one is told but holds no time', () => {
    const model = view([appointment('10:00', { status: 'cancelled' }), appointment('11:00')], '08:00');
    const [gone, held] = lines(model);
    expect([gone.gone, gone.state, gone.chip?.text]).toEqual([true, 'past', 'state.cancelled']);
    expect(held.state).toBe('next');
    expect(model.summary).toBe('today.count(1) today.next(11:00 AM) today.cancelled(1)');
  });

  it('prints the client’s clock when it differs, and only then', () => {
    const zones = (other: string) =>
      lines(view([appointment('13:00')], '09:52', { zoneOf: () => other }))[0].clientZone;
    expect(zones('America/New_York')).toBe('America/New_York');
    expect(zones('America/Tijuana')).toBeNull();
  });

  it('an appointment over midnight belongs to the day it starts on', () => {
    const late = appointment('23:30');
    expect(late.localDay).toBe(localDayOf(late.startsAt, zone));
    const model = view([late], '23:40');
    expect(shape(model)).toEqual(['next:action.open-session']);
    expect(lines(model)[0].endsAt).toBe(at('00:20', '2026-11-18').toISOString());
  });

  it('other days have no clock in them', () => {
    const model = view([appointment('10:00')], '09:52', { today: '2026-11-16', now: at('12:00', '2026-11-16') });
    expect(shape(model)).toEqual(['later:action.prepare']);
    expect(model.isToday).toBe(false);
    expect([model.before, model.todayHref, model.after]).toEqual(['/today', '/today', '/today?day=2026-11-18']);
  });

  it('an empty day says so', () => {
    const model = view([]);
    expect([model.empty, model.lines.length, model.summary]).toEqual([true, 0, 'today.none']);
  });

  it('keeps whose day it is in every link', () => {
    const model = view([], '09:52', { clinician: { id: 'bea', name: 'Bea' } });
    for (const href of [model.before, model.after, model.todayHref, model.here, model.book])
      expect(href).toContain('clinician=bea');
  });
});
