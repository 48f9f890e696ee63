import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../../src/platform/ids.js';
import { answers, clinicianOf, request, world, type World } from './support.js';

describe('measured attendance', () => {
  let w: World;
  beforeAll(async () => {
    w = await world();
  });
  afterAll(() => w.close());
  beforeEach(() => {
    w.clock.at = new Date('2026-11-17T17:50:00Z');
    w.audit.rows.length = 0;
  });

  const seconds = (count: number) => w.clock.step(count / 60);
  const session = async () => {
    const appointment = w.appointments.book();
    const token = await w.token(appointment);
    const secret = newSecret();
    const who = clinicianOf(appointment);
    const arrival = await w.arrivals.enter(token, secret, answers, request);
    await w.waitingRoom.admit(who, appointment.id, arrival, 'r');
    await w.tickets.forDoor(token, secret, () => 'Rowan', request);
    const { room, participant } = w.video.tickets[w.video.tickets.length - 1];
    const { encounter } = await w.hosting.session(who, appointment.id);
    const report = (state: 'joined' | 'alive' | 'left', page = 'p1') =>
      w.presence.presence({ room, participant, state, page });
    const measured = async () => (await w.attendance.ofEncounter(encounter!.id))[0];
    return { appointment, who, room, participant, report, measured };
  };
  /** Signs of life every 15 seconds. */
  const alive = async (report: (state: 'alive') => Promise<void>, minutes: number) => {
    for (let beat = 0; beat < minutes * 4; beat++) {
      seconds(15);
      await report('alive');
    }
  };

  it('counts from join to leave', async () => {
    const { report, measured } = await session();
    await report('joined');
    await alive(report, 48);
    await report('left');
    w.clock.step(30);
    expect(await measured()).toMatchObject({ role: 'guest', minutes: 48 });
    expect((await measured()).spans).toHaveLength(1);
    expect(w.audit.rows.map(({ action }) => action).filter((action) => action.startsWith('attendance'))).toEqual([
      'attendance.join',
      'attendance.leave',
    ]);
  });

  it('forgives a reload and counts a longer absence', async () => {
    const { report, measured } = await session();
    await report('joined');
    await alive(report, 10);
    await report('left');
    seconds(59);
    await report('joined', 'p2');
    await alive((state) => report(state, 'p2'), 10);
    await report('left', 'p2');
    expect((await measured()).spans).toHaveLength(1);
    w.clock.step(5);
    await report('joined', 'p3');
    await alive((state) => report(state, 'p3'), 10);
    await report('left', 'p3');
    expect(await measured()).toMatchObject({ minutes: 31 });
    expect((await measured()).spans).toHaveLength(2);
  });

  it('ends a page that fell silent at its last sign of life, swept or not', async () => {
    const { report, measured } = await session();
    await report('joined');
    await alive(report, 20);
    seconds(44);
    expect(await w.attendance.sweep()).toBe(0);
    expect((await measured()).minutes).toBe(21);
    seconds(2);
    expect((await measured()).minutes).toBe(20);
    expect(await w.attendance.sweep()).toBe(1);
    expect(await w.attendance.sweep()).toBe(0);
    expect((await measured()).minutes).toBe(20);
    // Back after the silence: a new span, and the old page's late "left" cannot stretch the old one.
    w.clock.step(10);
    await report('alive');
    await alive(report, 5);
    expect((await measured()).spans).toHaveLength(2);
    expect((await measured()).minutes).toBe(25);
  });

  it('counts two pages of one person once, and twice the same report once', async () => {
    const { report, measured } = await session();
    await Promise.all([report('joined'), report('joined'), report('joined', 'p2')]);
    for (let beat = 0; beat < 40; beat++) {
      seconds(15);
      await Promise.all([report('alive'), report('alive', 'p2')]);
    }
    await report('left', 'p2');
    await report('left');
    await report('left');
    expect(await measured()).toMatchObject({ minutes: 10 });
  });

  it('takes no report about people or rooms it does not know, nor joins after the end', async () => {
    const { appointment, who, room, participant, report, measured } = await session();
    const other = await session();
    await w.presence.presence({ room: other.room, participant, state: 'joined', page: 'p' });
    await w.presence.presence({ room: 'nowhere', participant, state: 'joined', page: 'p' });
    expect(await measured()).toBeUndefined();
    await expect(w.presence.presence({ room, participant, state: 'gone' as never, page: 'p' })).rejects.toThrow(
      TypeError,
    );
    await expect(w.presence.presence({ room, participant, state: 'joined', page: 'p '.repeat(200) })).rejects.toThrow(
      TypeError,
    );
    await w.hosting.end(who, appointment.id, 'r');
    await report('joined');
    expect(await measured()).toBeUndefined();
  });
});
