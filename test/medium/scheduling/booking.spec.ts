import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Appointments, Booking } from '../../../src/features/scheduling/public.js';
import type { NewAppointment } from '../../../src/features/scheduling/appointment.model.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { Work } from '../../../src/platform/work/work.js';
import { principal, smallPractice, world, type World } from './support/world.js';

/** Bookings of one slot that race. */
const RACERS = process.env.ALCOVE_TEST_SCALE === 'deep' ? 5_000 : 1_000;

let here: World;
let small: Awaited<ReturnType<typeof smallPractice>>;
let booking: Booking;

beforeAll(async () => {
  here = await world();
  small = await smallPractice(here);
  booking = here.get(Booking);
});
afterAll(() => here.close());

const slot = (change: Partial<NewAppointment> = {}): NewAppointment => ({
  clinicianId: small.ines,
  clientId: small.rowan,
  service: 'individual',
  modality: 'video',
  day: '2026-11-18',
  time: '10:00',
  timeZone: 'America/Los_Angeles',
  minutes: 50,
  ...change,
});
const claims = (): Promise<{ resource_kind: string; during: string }[]> =>
  here.dataSource.query('SELECT resource_kind, during::text FROM core.claim ORDER BY lower(during), resource_kind');
const code = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe('booking', () => {
  it('keeps the meant time, the zone, the instant and the day, and says so by reference only', async () => {
    const { id, rule } = await booking.book(small.inesSignedIn, slot({ time: '23:30' }));
    expect(rule).toBe('plain');
    const facts = await here.get(Appointments).forJoin(id);
    expect(facts).toMatchObject({
      clinicianId: small.ines,
      memberIds: [small.rowan],
      timeZone: 'America/Los_Angeles',
      wallStart: '2026-11-18T23:30',
      localDay: '2026-11-18',
      status: 'booked',
      version: 1,
    });
    expect(facts.startsAt.toISOString()).toBe('2026-11-19T07:30:00.000Z');
    expect(facts.endsAt.toISOString()).toBe('2026-11-19T08:20:00.000Z');
    expect(here.events.sent.at(-1)).toEqual({
      type: 'appointment.booked',
      key: id,
      payload: { appointmentId: id, clinicianId: small.ines },
    });
    const [row] = (await here.audit('appointment.booked')).slice(-1);
    expect(row).toMatchObject({ object: `appointment:${id}`, client_id: small.rowan });
  });

  it('keeps what was meant where the clocks skip it, on the day of the instant', async () => {
    const { id, rule } = await booking.book(small.inesSignedIn, slot({ day: '2027-03-14', time: '02:30' }));
    expect(rule).toBe('gap');
    const facts = await here.get(Appointments).forJoin(id);
    expect(facts).toMatchObject({ wallStart: '2027-03-14T02:30', localDay: '2027-03-14' });
    expect(facts.startsAt.toISOString()).toBe('2027-03-14T10:30:00.000Z');
  });

  it('refuses a taken clinician, a taken client, and lets appointments touch', async () => {
    await booking.book(small.inesSignedIn, slot({ day: '2026-11-19' }));
    expect(await code(booking.book(small.inesSignedIn, slot({ day: '2026-11-19', time: '10:49' })))).toBe(
      'scheduling.slot-taken',
    );
    // The same client with another clinician at the same instant, booked by the front desk in another zone.
    const other = slot({ clinicianId: small.bea, day: '2026-11-19', time: '13:15', timeZone: 'America/New_York' });
    expect(await code(booking.book(small.desk, other))).toBe('scheduling.slot-taken');
    expect(await code(booking.book(small.inesSignedIn, slot({ day: '2026-11-19', time: '10:50' })))).toBe('done');
  });

  it('leaves nothing behind of a refused booking', async () => {
    const count = async () =>
      (await here.dataSource.query('SELECT count(*)::int AS n FROM core.appointment'))[0].n as number;
    const before = [await count(), (await claims()).length, here.events.sent.length];
    expect(await code(booking.book(small.inesSignedIn, slot({ day: '2026-11-19' })))).toBe('scheduling.slot-taken');
    expect([await count(), (await claims()).length, here.events.sent.length]).toEqual(before);
  });

  it.each([
    ['a day that does not exist', { day: '2026-02-30' }, 'scheduling.time-unknown'],
    ['a time that does not exist', { time: '25:00' }, 'scheduling.time-unknown'],
    ['the past', { day: '2026-11-16' }, 'scheduling.in-the-past'],
    ['four minutes', { minutes: 4 }, 'scheduling.length'],
    ['481 minutes', { minutes: 481 }, 'scheduling.length'],
    ['half a minute', { minutes: 30.5 }, 'scheduling.length'],
  ])('refuses %s', async (_what, change, expected) => {
    expect(await code(booking.book(small.inesSignedIn, slot(change)))).toBe(expected);
  });

  it('takes what is going on and refuses what has just ended', async () => {
    // 9:52 in Los Angeles.
    const day = '2026-11-17';
    expect(await code(booking.book(small.inesSignedIn, slot({ day, time: '09:02' })))).toBe('scheduling.in-the-past');
    expect(await code(booking.book(small.inesSignedIn, slot({ day, time: '09:30' })))).toBe('done');
  });

  it('answers unknown and forbidden alike', async () => {
    const refused = [
      slot({ clientId: newId() }),
      slot({ clinicianId: newId() }),
      slot({ clientId: small.amara }),
      slot({ clinicianId: small.bea }),
      slot({ clientId: "' OR 1=1" }),
      slot({ clinicianId: { id: small.ines } as unknown as string }),
    ];
    for (const input of refused) expect(await code(booking.book(small.inesSignedIn, input))).toBe('not-found');
    for (const role of ['it-admin', 'biller', 'client', 'guardian'] as const)
      expect(await code(booking.book(principal(role, small.ines), slot()))).toBe('not-found');
  });

  it('lets the clinician whom the front desk books open the chart from then on', async () => {
    const before = await here.audit('client.assign');
    await booking.book(small.desk, slot({ clinicianId: small.bea, day: '2026-11-20', timeZone: 'America/New_York' }));
    const after = await here.audit('client.assign');
    expect(after.length).toBe(before.length + 1);
    expect(after.at(-1)).toMatchObject({ client_id: small.rowan, object: `clinician:${small.bea}` });
  });
});

describe('moving and cancelling', () => {
  it('moves the claims along, so that the old time is free and the new one taken', async () => {
    const { id } = await booking.book(small.inesSignedIn, slot({ day: '2026-12-01', time: '09:00' }));
    await booking.move(small.inesSignedIn, id, { version: 1, day: '2026-12-01', time: '09:30', minutes: 80 });
    expect(await code(booking.book(small.inesSignedIn, slot({ day: '2026-12-01', time: '10:00' })))).toBe(
      'scheduling.slot-taken',
    );
    expect(await code(booking.book(small.inesSignedIn, slot({ day: '2026-12-01', time: '08:40' })))).toBe('done');
    expect((await here.get(Appointments).forJoin(id)).version).toBe(2);
  });

  it('two who change the same appointment: the second is told, nothing is lost', async () => {
    const { id } = await booking.book(small.inesSignedIn, slot({ day: '2026-12-02' }));
    const move = (time: string) =>
      booking.move(small.inesSignedIn, id, { version: 1, day: '2026-12-02', time, minutes: 50 });
    const answers = await Promise.all([code(move('12:00')), code(move('14:00'))]);
    expect(answers.sort()).toEqual(['changed-meanwhile', 'done']);
    expect(await code(booking.cancel(small.inesSignedIn, id, { version: 1, reason: 'illness' }))).toBe(
      'changed-meanwhile',
    );
    expect(await code(booking.cancel(small.inesSignedIn, id, { version: 2, reason: 'illness' }))).toBe('done');
    expect(await code(booking.cancel(small.inesSignedIn, id, { version: 3, reason: 'illness' }))).toBe(
      'scheduling.not-changeable',
    );
  });

  it('a cancelled time is free again', async () => {
    const { id } = await booking.book(small.inesSignedIn, slot({ day: '2026-12-03' }));
    await booking.cancel(small.inesSignedIn, id, { version: 1, reason: 'client-asked' });
    expect(await code(booking.book(small.inesSignedIn, slot({ day: '2026-12-03' })))).toBe('done');
    expect((await here.get(Appointments).forJoin(id)).status).toBe('cancelled');
    expect(here.events.sent.filter(({ key }) => key === id).map(({ type }) => type)).toEqual([
      'appointment.booked',
      'appointment.cancelled',
    ]);
  });

  it('what is over stays as it is, and nobody changes a colleague’s', async () => {
    const { id } = await booking.book(small.inesSignedIn, slot({ day: '2026-11-17', time: '11:00' }));
    const move = (who = small.inesSignedIn) =>
      booking.move(who, id, { version: 1, day: '2026-11-30', time: '11:00', minutes: 50 });
    expect(await code(move(small.beaSignedIn))).toBe('not-found');
    const present = here.clock.at;
    here.clock.at = new Date('2026-11-17T19:50:00Z');
    expect(await code(move())).toBe('scheduling.not-changeable');
    here.clock.at = present;
    expect(await code(move())).toBe('done');
  });
});

describe('for other features', () => {
  it('tells what is next for a client, what is going on, and marks attendance once', async () => {
    const appointments = here.get(Appointments);
    const next = await appointments.nextForClient(small.rowan, here.clock.now());
    expect(next?.startsAt.toISOString()).toBe('2026-11-17T17:30:00.000Z');
    if (!next) throw new Error('there is a next appointment');
    const live = await appointments.liveAround(here.clock.now());
    expect(live.map(({ id }) => id)).toEqual([next.id]);
    const mark = () =>
      here.get(Work).run(systemPrincipal('test'), async (tx) => {
        tx.audit({ action: 'test.mark' });
        return appointments.markStatus(tx, next, 'attended');
      });
    expect(await mark()).toBe(true);
    expect(await mark()).toBe(false);
    expect((await appointments.forJoin(next.id)).status).toBe('attended');
    expect(await code(appointments.forJoin(newId()))).toBe('not-found');
    expect(await code(appointments.forJoin("x' --"))).toBe('not-found');
  });
});

describe('many at once', () => {
  // Another server process on the same database.
  let second: World;
  beforeAll(async () => {
    second = await world({ url: here.url, keys: here.keys });
  });
  afterAll(() => second.close());

  it(`${RACERS} bookings of one slot through two servers: exactly one wins`, async () => {
    expect(await race('2027-01-05')).toEqual({ done: 1, 'scheduling.slot-taken': RACERS - 1 });
  });

  it('the race notices when the constraint is gone', async () => {
    await here.dataSource.query('ALTER TABLE core.claim DROP CONSTRAINT claim_no_overlap');
    expect((await race('2027-01-06', 20)).done).toBeGreaterThan(1);
  });

  async function race(day: string, racers = RACERS): Promise<Record<string, number>> {
    const people = await clients(racers);
    const who = systemPrincipal('race');
    const answers = await Promise.all(
      people.map((clientId, index) =>
        code((index % 2 ? booking : second.get(Booking)).book(who, slot({ clientId, day }))),
      ),
    );
    const counts: Record<string, number> = {};
    for (const one of answers) counts[one] = (counts[one] ?? 0) + 1;
    const held = await here.dataSource.query(
      `SELECT count(*)::int AS n FROM core.appointment WHERE clinician_id = $1 AND local_day = $2 AND status = 'booked'`,
      [small.ines, day],
    );
    expect(held[0].n).toBe(counts.done);
    return counts;
  }

  /** Clients made in SQL: sealing a thousand names is not what is tested here. */
  async function clients(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId());
    const cases = ids.map(() => newId());
    await here.dataSource.query(
      `INSERT INTO core.person (id, legal_name_enc, time_zone) SELECT id, '\\x00', 'UTC' FROM unnest($1::uuid[]) AS id`,
      [ids],
    );
    await here.dataSource.query(
      `INSERT INTO core.client (id, status) SELECT id, 'active' FROM unnest($1::uuid[]) AS id`,
      [ids],
    );
    await here.dataSource.query(
      `INSERT INTO core.case_file (id, kind) SELECT id, 'individual' FROM unnest($1::uuid[]) AS id`,
      [cases],
    );
    await here.dataSource.query(
      `INSERT INTO core.case_member (case_id, client_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])`,
      [cases, ids],
    );
    return ids;
  }
});
