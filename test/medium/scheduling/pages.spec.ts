import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { Booking, DayDecorators } from '../../../src/features/scheduling/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { principal, smallPractice, world, type World } from './support/world.js';

let here: World;
let small: Awaited<ReturnType<typeof smallPractice>>;
let booking: Booking;

beforeAll(async () => {
  here = await world();
  small = await smallPractice(here);
  booking = here.get(Booking);
});
afterAll(() => here.close());
beforeEach(() => {
  here.signedIn.who = small.inesSignedIn;
});

const get = (path: string) => request(here.server).get(path);
const post = (path: string, fields: Record<string, string>) =>
  request(here.server).post(path).type('form').send(fields);
const book = (day: string, time: string, clientId = small.rowan) =>
  booking.book(small.inesSignedIn, {
    clinicianId: small.ines,
    clientId,
    service: 'individual',
    modality: 'video',
    day,
    time,
    timeZone: 'America/Los_Angeles',
    minutes: 50,
  });
const form = (change: Record<string, string> = {}): Record<string, string> => ({
  clientId: small.rowan,
  clinicianId: small.ines,
  day: '2026-12-10',
  time: '10:00',
  minutes: '50',
  service: 'individual',
  modality: 'video',
  ...change,
});

describe('Today', () => {
  it('says what to do on an empty day', async () => {
    const answer = await get('/today?day=2026-11-22').expect(200);
    expect(answer.text).toContain('Nothing is booked for this day');
    expect(answer.text).toContain('Sunday, November 22');
  });

  it('shows the day with names, the client’s own clock and the action of the hour', async () => {
    const { id } = await book('2026-11-17', '10:00');
    const { text } = await get('/today').expect(200);
    expect(text).toContain('Rowan Ashby');
    expect(text).not.toContain('Rowena');
    expect(text).toContain('11:00 AM for them (Mountain)');
    expect(text).toContain(`href="/sessions/${id}"`);
    expect(text).toContain('Now 9:52 AM');
    expect((text.match(/btn btn-primary/g) ?? []).length).toBe(1);
  });

  it('hides names on every page until told otherwise', async () => {
    // The preference is the account's and comes with the session.
    here.signedIn.who = { ...small.inesSignedIn, namesHidden: true };
    for (const path of ['/today', '/calendar?day=2026-11-17', '/clients', `/clients/${small.rowan}`]) {
      const { text } = await get(path).expect(200);
      expect(text).toContain('R. A., ');
      expect(text).not.toMatch(/Rowan|Ashby|Rowena|rowan@example/);
    }
    here.signedIn.who = small.inesSignedIn;
    expect((await get('/today')).text).toContain('Rowan Ashby');
  });

  it('takes the same few statements for one appointment as for forty', async () => {
    const measure = async (day: string): Promise<string[]> => {
      await get(`/today?day=${day}`).expect(200);
      here.statements.length = 0;
      const { text } = await get(`/today?day=${day}`).expect(200);
      expect(text).toContain('class="day list"');
      return [...here.statements];
    };
    await book('2026-12-14', '08:00');
    for (let index = 0; index < 40; index++) {
      const time = `${String(6 + Math.floor(index / 4)).padStart(2, '0')}:${String((index % 4) * 15).padStart(2, '0')}`;
      const input = {
        clinicianId: small.ines,
        clientId: small.rowan,
        service: 'individual',
        modality: 'video',
      } as const;
      await booking.book(systemPrincipal('test'), {
        ...input,
        day: '2026-12-15',
        time,
        timeZone: 'America/Los_Angeles',
        minutes: 15,
      });
    }
    const one = await measure('2026-12-14');
    const forty = await measure('2026-12-15');
    expect(forty).toEqual(one);
    // The session (1), the waiting pill (1) and the door's decorations (1) come on top; six is the limit.
    expect(one.length).toBeLessThanOrEqual(3);
    expect(one).toContain('scheduling.day');
  });

  it('asks decorators once for the whole day, and not at all for an empty one', async () => {
    const calls: number[] = [];
    here.get(DayDecorators).register(async (appointments) => {
      calls.push(appointments.length);
      return new Map();
    });
    await get('/today?day=2026-12-15').expect(200);
    await get('/today?day=2026-11-22').expect(200);
    expect(calls).toEqual([40]);
  });

  it('reads the day with one plan however long its history', async () => {
    const plans = async (): Promise<{ custom_plans: string; generic_plans: string } | undefined> => {
      const rows = await here.dataSource.query(
        `SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE name = 'scheduling.day'`,
      );
      return rows[0];
    };
    // One connection: what is prepared belongs to it.
    const one = await world({ url: here.url, keys: here.keys, poolSize: 1 });
    try {
      one.signedIn.who = small.inesSignedIn;
      for (let index = 0; index < 12; index++)
        await request(one.server)
          .get(`/today?day=2026-12-${String(10 + index)}`)
          .expect(200);
      const [row] = await one.dataSource.query(
        `SELECT custom_plans::int AS custom, generic_plans::int AS generic FROM pg_prepared_statements WHERE name = 'scheduling.day'`,
      );
      expect(row.custom).toBeLessThanOrEqual(5);
      expect(row.generic).toBeGreaterThanOrEqual(7);
    } finally {
      await one.close();
    }
    expect(await plans()).toBeDefined();
  });

  it('records each view with its count and no name', async () => {
    const before = (await here.audit('day.read')).length;
    await get('/today?day=2026-12-15').expect(200);
    const rows = await here.audit('day.read');
    expect(rows.length).toBe(before + 1);
    expect(rows.at(-1)).toMatchObject({ object: `clinician:${small.ines}`, facts: { day: '2026-12-15', count: 40 } });
  });

  it('belongs to its clinician; the front desk may look at any', async () => {
    await get(`/today?clinician=${small.bea}`).expect(404);
    await get(`/today?clinician=${newId()}`).expect(404);
    here.signedIn.who = small.desk;
    const { text } = await get(`/today?clinician=${small.ines}&day=2026-11-17`).expect(200);
    expect(text).toContain('Rowan Ashby');
    expect(text).not.toContain('/sessions/');
    expect(text).not.toContain(`/clients/${small.rowan}"`);
    await get(`/today?clinician=${small.rowan}`).expect(404);
  });
});

describe('the calendar', () => {
  it('shows the week as a table and, for phones, the asked day', async () => {
    const { text } = await get('/calendar?week=2026-W47').expect(200);
    expect(text).toContain('November 16');
    expect(text).toContain('<table class="week">');
    expect(text).toContain('11:00 AM Mountain');
    const { text: next } = await get('/calendar?day=2026-12-15').expect(200);
    expect(next).toContain('Tuesday, December 15');
  });

  it('takes nonsense for today', async () => {
    for (const query of ['day=2026-02-31', 'week=2026-W99', "day=';drop table", 'day[]=x', 'week[a]=1'])
      expect((await get(`/calendar?${query}`).expect(200)).text).toContain('November 16');
  });
});

describe('booking', () => {
  it('asks who comes, of those the reader works with, and keeps the slot', async () => {
    const { text } = await get('/appointments/new?day=2026-12-09&time=14:30').expect(200);
    expect(text).toContain('Rowan Ashby');
    expect(text).not.toContain('Amara');
    expect(text.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')).toContain(
      `client=${small.rowan}&day=2026-12-09&time=14%3A30`,
    );
    const { text: none } = await get('/appointments/new?q=Amara').expect(200);
    expect(none).toContain('Nobody found for “Amara”');
  });

  it('books and leads to the appointment', async () => {
    const answer = await post('/appointments', form()).expect(303);
    const { text } = await get(answer.headers.location).expect(200);
    expect(text).toContain('Thursday, December 10 at 10:00 AM');
    expect(text).toContain('Thursday, December 10 at 11:00 AM');
  });

  it('keeps everything typed when a field is wrong', async () => {
    const { text } = await post('/appointments', form({ day: '2026-02-30', minutes: '3', time: '14:45' })).expect(422);
    expect(text).toContain('value="2026-02-30"');
    expect(text).toContain('value="14:45"');
    expect(text).toContain('value="3"');
    expect(text).toContain('Choose a day that exists');
    expect(text).toContain('Between 5 and 480 minutes');
  });

  it('a taken time: the form is kept, what is in the way is told without a name, and free times are one press away', async () => {
    const { text } = await post('/appointments', form({ time: '10:20', service: 'check-in' })).expect(409);
    expect(text).toContain('value="10:20"');
    expect(text).toContain('The clinician is taken from 10:00 AM to 10:50 AM');
    expect(text).toMatch(/value="check-in" selected/);
    const picked = /name="pick" value="([^"]+)"/.exec(text)?.[1] ?? '';
    expect(picked).toBe('2026-12-10T11:00');
    await post('/appointments', form({ time: '10:20', service: 'check-in', pick: picked })).expect(303);
  });

  it('the past is refused with words', async () => {
    expect((await post('/appointments', form({ day: '2026-11-16' })).expect(422)).text).toContain('This time is over');
  });

  it('says which rule was used where clocks change', async () => {
    const answer = await post('/appointments', form({ day: '2027-03-14', time: '02:30' })).expect(303);
    const { text } = await get(answer.headers.location).expect(200);
    expect(text).toContain('The clocks skip the time');
    expect(text).toContain('3:30 AM');
  });

  it('shows names as text, whatever is in them', async () => {
    const evil = await here.people.createClient(systemPrincipal('test'), {
      legalName: '<script>alert(1)</script> O"Mal\'ley',
      timeZone: 'UTC',
      clinicianId: small.ines,
    });
    const { text } = await get(`/appointments/new?client=${evil}`).expect(200);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;');
  });
});

describe('one appointment', () => {
  it('moves, and a second browser with the old page keeps what it typed', async () => {
    const { id } = await book('2026-12-17', '09:00');
    const move = { version: '1', day: '2026-12-17', time: '15:00', minutes: '45' };
    await post(`/appointments/${id}/move`, move).expect(303);
    const { text } = await post(`/appointments/${id}/move`, { ...move, time: '16:00', minutes: '25' }).expect(409);
    expect(text).toContain('Somebody changed this appointment');
    expect(text).toContain('at 3:00 PM');
    expect(text).toContain('value="16:00"');
    expect(text).toContain('value="25"');
    expect(text).toContain('name="version" value="2"');
    await post(`/appointments/${id}/move`, { ...move, time: '16:00', version: '2' }).expect(303);
  });

  it('is cancelled with a reason, and only with one', async () => {
    const { id } = await book('2026-12-18', '09:00');
    expect((await post(`/appointments/${id}/cancel`, { version: '1' }).expect(422)).text).toContain('Choose a reason');
    await post(`/appointments/${id}/cancel`, { version: '1', reason: 'illness' }).expect(303);
    const { text } = await get(`/appointments/${id}`).expect(200);
    expect(text).toContain('It stays in the record as it is');
    await post(`/appointments/${id}/cancel`, { version: '2', reason: 'illness' }).expect(409);
  });

  it('unknown, forbidden and malformed are one answer', async () => {
    const { id } = await book('2026-12-21', '09:00');
    here.signedIn.who = small.beaSignedIn;
    const bodies: string[] = [];
    for (const path of [id, newId(), 'x', "' OR 1=1--", '..%2f..', '%00'])
      bodies.push((await get(`/appointments/${encodeURIComponent(path)}`).expect(404)).text);
    expect(new Set(bodies).size).toBe(1);
    await post(`/appointments/${id}/move`, { version: '1', day: '2026-12-21', time: '10:00', minutes: '50' }).expect(
      404,
    );
    await post(`/appointments/${id}/cancel`, { version: '1', reason: 'illness' }).expect(404);
    here.signedIn.who = principal('clinician');
    await get(`/appointments/${id}`).expect(404);
  });

  it('objects, lists and SQL in place of every scalar never reach a query', async () => {
    const { id } = await book('2026-12-22', '09:00');
    const count = async () =>
      (await here.dataSource.query('SELECT count(*)::int AS n FROM core.appointment'))[0].n as number;
    const before = await count();
    const hostile: unknown[] = [
      { $gt: '' },
      ['a', 'b'],
      "'; DROP TABLE core.claim; --",
      '\u0000',
      'x'.repeat(5_000),
      -1,
      null,
      {},
    ];
    for (const field of ['clientId', 'clinicianId', 'day', 'time', 'minutes', 'service', 'modality'])
      for (const value of hostile) {
        const { status } = await request(here.server)
          .post('/appointments')
          .send({ ...form({ day: '2026-12-23' }), [field]: value });
        expect([404, 422]).toContain(status);
      }
    for (const field of ['version', 'day', 'time', 'minutes'])
      for (const value of hostile) {
        const fields = { version: '1', day: '2026-12-22', time: '10:00', minutes: '50', [field]: value };
        const { status } = await request(here.server).post(`/appointments/${id}/move`).send(fields);
        expect(status).toBe(422);
      }
    expect(await count()).toBe(before);
  });
});
