import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newSecret } from '../../../src/platform/ids.js';
import { answers, clinicianOf, request, world, type World } from './support.js';

const name = () => 'Rowan';

describe('the door', () => {
  let w: World;
  beforeAll(async () => {
    w = await world();
  });
  afterAll(() => w.close());
  beforeEach(() => {
    w.clock.at = new Date('2026-11-17T17:50:00Z');
  });

  /** A client who came in with one browser. */
  const come = async (appointment = w.appointments.book(), secret = newSecret()) => {
    const token = await w.token(appointment);
    const arrival = await w.arrivals.enter(token, secret, answers, request);
    return { appointment, token, secret, arrival, who: clinicianOf(appointment) };
  };
  const ticket = (token: string, secret: string) => w.tickets.forDoor(token, secret, name, request);
  const stateOf = async (token: string, secret: string) => (await w.door.at(token, secret)).arrival?.state;

  it('leads from the link through the waiting room and Admit to a ticket, and tells both sides at each step', async () => {
    const { appointment, token, secret, arrival, who } = await come();
    expect(await stateOf(token, secret)).toBe('waiting');
    expect(await w.waitingList.waiting(who)).toMatchObject([
      { arrival_id: arrival, appointment_id: appointment.id, second: false },
    ]);
    await expect(ticket(token, secret)).rejects.toMatchObject({ code: 'encounters.not-admitted' });
    expect(w.video.tickets).toHaveLength(0);
    expect(w.video.opened).toHaveLength(0);

    w.live.topics.length = 0;
    await w.waitingRoom.admit(who, appointment.id, arrival, 'r');
    expect(w.live.topics).toEqual(expect.arrayContaining([`arrival:${arrival}`, `waiting:${appointment.clinicianId}`]));
    expect(await w.waitingList.waiting(who)).toEqual([]);

    await ticket(token, secret);
    await w.tickets.forHost(who, appointment.id, 'Ines', 'r');
    expect(w.video.opened).toHaveLength(1);
    expect(w.video.tickets.map(({ role }) => role)).toEqual(['guest', 'host']);
    expect(w.video.tickets[0].room).toMatch(/^[0-9a-f]{64}$/);
    expect(w.video.tickets[0].participant).not.toBe(w.video.tickets[1].participant);
    expect(w.events.sent.map(({ type }) => type)).toEqual(['encounter.opened', 'encounter.admitted']);
    const actions = w.audit.rows.map(({ action }) => action);
    expect(actions).toEqual(
      expect.arrayContaining(['encounter.open', 'arrival.enter', 'arrival.admit', 'ticket.issue']),
    );
  });

  it('lets an admitted browser that dropped and a clinician who reloaded come straight back, as the same participants', async () => {
    const { appointment, token, secret, arrival, who } = await come();
    await w.waitingRoom.admit(who, appointment.id, arrival, 'r');
    const before = w.video.tickets.length;
    for (let reload = 0; reload < 3; reload++) {
      await ticket(token, secret);
      await w.tickets.forHost(who, appointment.id, 'Ines', 'r');
    }
    const refs = w.video.tickets.slice(before).map(({ participant }) => participant);
    expect(refs).toHaveLength(6);
    expect(new Set(refs).size).toBe(2);
    await w.arrivals.leave(token, secret, request);
    await expect(ticket(token, secret)).resolves.toBeDefined();
    await w.arrivals.enter(token, secret, answers, request);
    expect(await stateOf(token, secret)).toBe('admitted');
  });

  it('makes another browser wait again, marks it as a second device, and lets the first one give way when it is admitted', async () => {
    const first = await come();
    const { appointment, token, who } = first;
    await w.waitingRoom.admit(who, appointment.id, first.arrival, 'r');
    const second = await come(appointment);
    expect(second.token).toBe(token);
    expect(second.arrival).not.toBe(first.arrival);
    await expect(ticket(token, second.secret)).rejects.toMatchObject({ code: 'encounters.not-admitted' });
    expect(await w.waitingList.waiting(who)).toMatchObject([{ arrival_id: second.arrival, second: true }]);
    const { encounter } = await w.hosting.session(who, appointment.id);
    const board = await w.waitingList.board(who, encounter!);
    expect(board.map((entry) => [entry.arrival.state, entry.second])).toEqual([
      ['admitted', false],
      ['waiting', true],
    ]);

    w.live.topics.length = 0;
    w.video.removed.length = 0;
    await w.waitingRoom.admit(who, appointment.id, second.arrival, 'r');
    expect(await stateOf(token, first.secret)).toBe('replaced');
    expect(w.video.removed).toHaveLength(1);
    expect(w.live.topics).toContain(`arrival:${first.arrival}`);
    await expect(ticket(token, first.secret)).rejects.toMatchObject({ code: 'encounters.replaced' });
    await expect(ticket(token, second.secret)).resolves.toBeDefined();
  });

  it('puts back, removes and sends messages; who is put back waits again, who is removed stays out', async () => {
    const { appointment, token, secret, arrival, who } = await come();
    await w.waitingRoom.message(who, appointment.id, arrival, 'Two minutes late, sorry');
    expect((await w.door.message(await w.door.at(token, secret)))?.text).toBe('Two minutes late, sorry');
    const [{ message_enc: stored }] = await w.dataSource.query('SELECT message_enc FROM core.arrival WHERE id = $1', [
      arrival,
    ]);
    expect(String(stored)).not.toContain('minutes');

    await w.waitingRoom.admit(who, appointment.id, arrival, 'r');
    await ticket(token, secret);
    w.video.removed.length = 0;
    await w.waitingRoom.putBack(who, appointment.id, arrival, 'r');
    expect(w.video.removed).toHaveLength(1);
    await expect(ticket(token, secret)).rejects.toMatchObject({ code: 'encounters.not-admitted' });
    await w.waitingRoom.admit(who, appointment.id, arrival, 'r');
    await expect(ticket(token, secret)).resolves.toBeDefined();

    await w.waitingRoom.remove(who, appointment.id, arrival, 'r');
    await expect(ticket(token, secret)).rejects.toMatchObject({ code: 'encounters.removed' });
    await expect(w.arrivals.enter(token, secret, answers, request)).rejects.toMatchObject({
      code: 'encounters.removed',
    });
    await expect(w.waitingRoom.admit(who, appointment.id, arrival, 'r')).rejects.toMatchObject({
      code: 'encounters.arrival-gone',
    });
  });

  it('kills a ticket that was being made while the person was put back', async () => {
    const { appointment, token, secret, arrival, who } = await come();
    await w.waitingRoom.admit(who, appointment.id, arrival, 'r');
    w.video.removed.length = 0;
    w.video.meanwhile = async () => {
      w.video.meanwhile = () => Promise.resolve();
      await w.waitingRoom.putBack(who, appointment.id, arrival, 'r');
    };
    await expect(ticket(token, secret)).rejects.toMatchObject({ code: 'encounters.not-admitted' });
    // Once by putting back, and once more for the ticket that was born after it.
    expect(w.video.removed).toHaveLength(2);
    expect(new Set(w.video.removed).size).toBe(1);
  });

  it('ends for everybody: tickets, entering and the link itself', async () => {
    const { appointment, token, secret, arrival, who } = await come();
    await w.waitingRoom.admit(who, appointment.id, arrival, 'r');
    await ticket(token, secret);
    await w.hosting.end(who, appointment.id, 'r');
    await w.hosting.end(who, appointment.id, 'r');
    expect(w.appointments.attended).toContain(appointment.id);
    expect((await w.door.at(token, secret)).state).toBe('ended');
    await expect(ticket(token, secret)).rejects.toMatchObject({ code: 'encounters.ended' });
    await expect(w.tickets.forHost(who, appointment.id, 'Ines', 'r')).rejects.toMatchObject({
      code: 'encounters.ended',
    });
    await expect(w.arrivals.enter(token, newSecret(), answers, request)).rejects.toMatchObject({
      code: 'encounters.ended',
    });
    await expect(w.hosting.open(who, appointment.id)).rejects.toMatchObject({ code: 'encounters.ended' });
    expect(
      w.events.sent.filter(
        ({ type, payload }) => type === 'encounter.ended' && payload.appointmentId === appointment.id,
      ),
    ).toHaveLength(1);
  });

  it('follows its appointment: cancelled ends it, moved keeps it open longer, forgotten ones end by the clock', async () => {
    const cancelled = await come();
    w.appointments.book({ ...cancelled.appointment, cancelled: true });
    await w.changes.follow(cancelled.appointment.id);
    await expect(ticket(cancelled.token, cancelled.secret)).rejects.toMatchObject({ code: 'encounters.cancelled' });
    expect(w.appointments.attended).not.toContain(cancelled.appointment.id);

    const moved = await come();
    const endsAt = new Date('2026-11-17T20:00:00Z');
    w.appointments.book({ ...moved.appointment, endsAt });
    await w.changes.follow(moved.appointment.id);
    const [row] = await w.dataSource.query('SELECT closes_at FROM core.encounter WHERE appointment_id = $1', [
      moved.appointment.id,
    ]);
    expect(row.closes_at).toEqual(new Date('2026-11-18T08:00:00Z'));
    await w.changes.expire(moved.appointment.id, clinicianOf(moved.appointment), 'r');
    expect((await w.door.at(moved.token, moved.secret)).state).toBe('ended');
  });

  it('keeps what was said sealed, and "prefer not to say" as an answer', async () => {
    const appointment = w.appointments.book();
    const token = await w.token(appointment);
    const secret = newSecret();
    await w.arrivals.enter(token, secret, { ...answers, place: null, contact: null }, request);
    const declined = (await w.door.at(token, secret)).arrival!;
    expect(declined).toMatchObject({ place_declined: true, contact_declined: true, place_enc: null });
    await w.arrivals.enter(token, secret, answers, request);
    const who = clinicianOf(appointment);
    const { encounter } = await w.hosting.session(who, appointment.id);
    w.audit.rows.length = 0;
    const [entry] = await w.waitingList.board(who, encounter!);
    expect(entry.answers).toEqual(answers);
    expect(w.audit.rows).toMatchObject([{ action: 'door-answers.read', clientId: appointment.memberIds[0] }]);
    const dump = JSON.stringify(await w.dataSource.query('SELECT * FROM core.arrival'), (_key, value: unknown) =>
      value !== null && typeof value === 'object' && 'type' in value && value.type === 'Buffer' && 'data' in value
        ? Buffer.from(value.data as number[]).toString('latin1')
        : value,
    );
    for (const canary of ['Alder', 'Morgan', '0142', secret]) expect(dump).not.toContain(canary);
    for (const row of w.audit.rows) expect(JSON.stringify(row)).not.toContain('Alder');
  });

  it('bounds the devices of one link', async () => {
    const appointment = w.appointments.book();
    for (let device = 0; device < 12; device++) await come(appointment);
    await expect(come(appointment)).rejects.toMatchObject({ code: 'encounters.too-many-devices' });
  });

  it('makes one session of many first arrivals at once', async () => {
    const appointment = w.appointments.book();
    const token = await w.token(appointment);
    await Promise.all(Array.from({ length: 8 }, () => w.arrivals.enter(token, newSecret(), answers, request)));
    const [{ count }] = await w.dataSource.query('SELECT count(*)::int FROM core.encounter WHERE appointment_id = $1', [
      appointment.id,
    ]);
    expect(count).toBe(1);
    const who = clinicianOf(appointment);
    const waiting = await w.waitingList.waiting(who);
    expect(waiting).toHaveLength(8);
    const admitted = await Promise.allSettled(
      waiting.map((row) => w.waitingRoom.admit(who, appointment.id, row.arrival_id, 'r')),
    );
    expect(admitted.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [{ inside }] = await w.dataSource.query(
      `SELECT count(*)::int AS inside FROM core.arrival a JOIN core.encounter e ON e.id = a.encounter_id WHERE a.state = 'admitted' AND e.appointment_id = $1`,
      [appointment.id],
    );
    expect(inside).toBe(1);
  });
});
