import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { AccountService, SessionService } from '../../../src/features/access/public.js';
import { StaffLinks } from '../../../src/features/encounters/links/staff-links.service.js';
import { Booking } from '../../../src/features/scheduling/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { Clock } from '../../../src/platform/clock.js';
import { SessionWatch } from '../../../src/platform/live/session-watch.js';
import { Work } from '../../../src/platform/work/work.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson } from '../../support/http-person.js';
import { until } from '../../support/processes.js';
import { SmallPractice, type Somebody } from '../../support/small-practice.js';
import { openStream, type OpenStream } from './support/open-stream.js';
import { ticket, VideoPage } from './support/video-page.js';

/** Measured here, normally far below; the promise is 60 s. */
const SOON_MS = 2_000;
/** Signed out, a form of a session that is gone, or no such page for these rights. */
const REFUSED = [401, 403, 404];
const system = systemPrincipal('test');
const minutes = (count: number): number => count * 60_000;

/** What was open when somebody lost their access, at two servers of one practice. */
describe('revocation', () => {
  let one: BootedApp;
  let two: BootedApp;
  let practice: SmallPractice;
  const kernel = { pluginRoots: [path.resolve('plugins')], enabledByDefault: ['video-direct'] };
  const opened: { close(): void }[] = [];

  beforeAll(async () => {
    one = await bootApp({ kernel });
    two = await bootApp({ kernel, beside: one });
    practice = await SmallPractice.of(one);
  }, 60_000);
  afterAll(async () => {
    await two?.close();
    await one?.close();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const { close } of opened.splice(0)) close();
  });

  /** The same browser at the other server. */
  const across = (person: HttpPerson): HttpPerson => {
    const other = new HttpPerson(two.url);
    for (const [name, value] of person.jar) other.jar.set(name, value);
    other.token = person.token;
    return other;
  };
  const stream = async (person: HttpPerson, at = '/live'): Promise<OpenStream> => {
    const held = await openStream(person, at);
    opened.push(held);
    expect(held.status).toBe(200);
    return held;
  };
  const page = async (person: HttpPerson, at: string): Promise<VideoPage> => {
    const entered = await VideoPage.enter(person, at);
    opened.push({ close: () => entered.leave() });
    return entered;
  };
  const rows = <T>(text: string, values: unknown[]): Promise<T[]> => practice.get(DataSource).query<T[]>(text, values);
  /** Seats of a person in rooms of the video plugin, read as the owner of the database. */
  const seats = async (who: Somebody): Promise<number> => {
    const client = new pg.Client(practice.booted.databaseUrl);
    await client.connect();
    try {
      const { rowCount } = await client.query(
        `SELECT 1 FROM plugin_video_direct.seat s JOIN core.encounter_participant p ON p.ref = s.participant WHERE p.person_id = $1`,
        [who.personId],
      );
      return rowCount ?? 0;
    } finally {
      await client.end();
    }
  };
  const arrivalsOf = (appointment: string): Promise<{ arrival: string }[]> =>
    rows(
      `SELECT a.id AS arrival FROM core.arrival a JOIN core.encounter e ON e.id = a.encounter_id WHERE e.appointment_id = $1`,
      [appointment],
    );
  const suspendClient = (client: Somebody): Promise<void> =>
    practice.get(Work).run(system, async (tx) => {
      await tx.manager.query(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [client.account]);
      tx.audit({ action: 'account.suspend', object: `account:${client.account}` });
      tx.emit('account.suspended', client.account, { accountId: client.account });
    });
  const refRow = async (who: Somebody): Promise<string> => {
    const [{ ref }] = await rows<{ ref: string }>('SELECT ref FROM core.session WHERE account_id = $1', [who.account]);
    return ref;
  };

  describe('of streams', () => {
    it.each([
      ['suspension', (who: Somebody) => practice.get(AccountService).suspend(system, who.account)],
      ['another role', (who: Somebody) => practice.get(AccountService).changeRole(system, who.account, 'biller')],
      [
        'an ended session',
        async (who: Somebody) => {
          const owner = { ...system, kind: 'user' as const, id: who.account };
          await practice.get(SessionService).revoke(owner, await refRow(who));
        },
      ],
    ])('by %s, at both servers, at once; those of others stay', async (_, revoke) => {
      const clinician = await practice.add('clinician');
      const person = await practice.browser(clinician);
      const bystander = await stream(await practice.browser(await practice.add('clinician')));
      const streams = [await stream(person), await stream(across(person)), await stream(across(person))];
      const from = performance.now();
      await revoke(clinician);
      for (const held of streams) expect(await held.endedAfter(from)).toBeLessThan(SOON_MS);
      expect(bystander.isOpen).toBe(true);
    });

    it('by signing out', async () => {
      const person = await practice.browser(await practice.add('clinician'));
      const held = await stream(across(person));
      const from = performance.now();
      expect((await person.post('/sign-out')).status).toBe(303);
      expect(await held.endedAfter(from)).toBeLessThan(SOON_MS);
    });

    it('also when nobody said anything: the round finds it', async () => {
      const clinician = await practice.add('clinician');
      const held = await stream(across(await practice.browser(clinician)));
      await rows(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [clinician.account]);
      expect(held.isOpen).toBe(true);
      await two.app.get(SessionWatch).checkAll();
      const from = performance.now();
      expect(await held.endedAfter(from)).toBeLessThan(SOON_MS);
    });

    it('by the clock: pages that only ask by themselves keep no session awake', async () => {
      const person = await practice.browser(await practice.add('clinician'));
      const held = await stream(person);
      const now = jest.spyOn(one.app.get(Clock), 'now');
      const begun = Date.now();
      for (let passed = 0; passed <= 14; passed += 2) {
        now.mockImplementation(() => new Date(begun + minutes(passed)));
        expect((await person.get('/waiting')).status).toBe(200);
        await one.app.get(SessionWatch).checkAll();
      }
      expect(held.isOpen).toBe(true);
      now.mockImplementation(() => new Date(begun + minutes(16)));
      await one.app.get(SessionWatch).checkAll();
      const from = performance.now();
      expect(await held.endedAfter(from)).toBeLessThan(SOON_MS);
      expect((await person.get('/waiting', { headers: { accept: 'application/json' } })).status).toBe(401);
      expect((await person.get('/live', { headers: { accept: 'text/event-stream' } })).status).toBe(401);
    });
  });

  describe('of sessions on video', () => {
    interface Call {
      readonly clinician: Somebody;
      readonly client: Somebody;
      readonly appointment: string;
      readonly door: string;
      readonly host: HttpPerson;
      readonly guest: HttpPerson;
      readonly hostTicket: string;
    }

    /** A clinician and a client, admitted; nobody has asked for a ticket yet. */
    const call = async (): Promise<Call> => {
      const clinician = await practice.add('clinician');
      const client = await practice.add('client', { clinicianId: clinician.personId ?? '' });
      const { id, door } = await practice.session(clinician.personId ?? '', client.personId ?? '');
      const host = await practice.browser(clinician);
      const guest = new HttpPerson(two.url);
      await guest.get(`${door}/questions`);
      const answers = { place: 'At home', privacy: 'alone', contact: 'Morgan', phone: '(503) 555-0142' };
      expect((await guest.post(`${door}/enter`, answers)).status).toBe(303);
      await guest.get(`${door}/waiting`);
      await host.post(`/sessions/${id}/open`);
      const [{ arrival }] = await arrivalsOf(id);
      await host.post(`/sessions/${id}/admit`, { arrival });
      await host.get(`/sessions/${id}`);
      return { clinician, client, appointment: id, door, host, guest, hostTicket: `/sessions/${id}/ticket` };
    };

    it('puts a suspended clinician out at once, gives no new ticket, and leaves the client', async () => {
      const { clinician, host, guest, door, hostTicket } = await call();
      const room = await page(host, hostTicket);
      const elsewhere = await page(guest, `${door}/ticket`);
      const from = performance.now();
      await practice.get(AccountService).suspend(system, clinician.account);
      const { ms } = await room.closedAfter(from);
      expect(ms).toBeLessThan(SOON_MS);
      expect(REFUSED).toContain((await ticket(host, hostTicket)).status);
      expect(elsewhere.isOpen).toBe(true);
      // The seat as well: a page that does not obey is no longer in the room for the other side.
      await until('the seat is free', async () => (await seats(clinician)) === 0, 15_000);
    });

    it('closes the socket of a session that was ended elsewhere, and of one that lost its rights', async () => {
      for (const revoke of [
        async ({ clinician }: Call) => {
          const owner = { ...system, kind: 'user' as const, id: clinician.account };
          await practice.get(SessionService).revoke(owner, await refRow(clinician));
        },
        ({ clinician }: Call) => practice.get(AccountService).changeRole(system, clinician.account, 'biller'),
      ]) {
        const made = await call();
        const room = await page(across(made.host), made.hostTicket);
        const from = performance.now();
        await revoke(made);
        expect(await room.closedAfter(from)).toEqual({ code: 1008, ms: expect.any(Number) });
        expect(performance.now() - from).toBeLessThan(SOON_MS);
        expect(REFUSED).toContain((await ticket(made.host, made.hostTicket)).status);
      }
    });

    it('lets a call go on when its clinician has not touched the page for an hour', async () => {
      const { host, hostTicket } = await call();
      const room = await page(host, hostTicket);
      const begun = Date.now();
      jest.spyOn(one.app.get(Clock), 'now').mockImplementation(() => new Date(begun + minutes(60)));
      await one.app.get(SessionWatch).checkAll();
      expect(room.isOpen).toBe(true);
      expect((await host.get('/today')).location).toBe('/sign-in?next=%2Ftoday');
    });

    it('puts out whoever came in with a link that was replaced; the new one must be admitted again', async () => {
      const { client, appointment, guest, door } = await call();
      const room = await page(guest, `${door}/ticket`);
      const held = await stream(guest, `${door}/live`);
      const from = performance.now();
      const { url } = await practice.get(StaffLinks).renew(system, appointment, client.personId ?? '', 1);
      const { code, ms } = await room.closedAfter(from);
      expect([code, ms < SOON_MS]).toEqual([4405, true]);
      expect(await held.endedAfter(from)).toBeLessThan(SOON_MS);
      expect((await ticket(guest, `${door}/ticket`)).status).toBe(404);
      expect((await ticket(guest, `${new URL(url).pathname}/ticket`)).status).toBe(409);
    });

    it('ends the links of a client whose account is suspended, and puts them out', async () => {
      const { client, guest, door } = await call();
      const room = await page(guest, `${door}/ticket`);
      const from = performance.now();
      await suspendClient(client);
      const { code, ms } = await room.closedAfter(from);
      expect(code).toBe(4405);
      expect(ms).toBeLessThan(15_000);
      expect((await guest.get(door)).status).toBe(404);
      expect((await ticket(guest, `${door}/ticket`)).status).toBe(404);
    });

    it('closes the room of a cancelled appointment for both', async () => {
      const { appointment, host, guest, door, hostTicket } = await call();
      const rooms = [await page(host, hostTicket), await page(guest, `${door}/ticket`)];
      const from = performance.now();
      await practice.get(Booking).cancel(system, appointment, { version: 1, reason: 'clinician-away' });
      for (const room of rooms) expect((await room.closedAfter(from)).ms).toBeLessThan(15_000);
      expect((await ticket(host, hostTicket)).status).toBe(409);
      expect((await ticket(guest, `${door}/ticket`)).status).toBe(409);
    });

    it('closes the socket of a client the clinician removed', async () => {
      const { appointment, host, guest, door, hostTicket } = await call();
      await page(host, hostTicket);
      const room = await page(guest, `${door}/ticket`);
      const [{ arrival }] = await arrivalsOf(appointment);
      const from = performance.now();
      await host.post(`/sessions/${appointment}/remove`, { arrival });
      expect((await room.closedAfter(from)).ms).toBeLessThan(SOON_MS);
      expect((await ticket(guest, `${door}/ticket`)).status).toBe(409);
    });
  });
});
