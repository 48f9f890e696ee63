import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { clinicianOf, host, world, type World } from './support.js';
import { newId } from '../../../src/platform/ids.js';

const typed = { place: 'SE Alder 1400, Portland', privacy: 'near', contact: 'Morgan, parent', phone: '(503) 555-0142' };

/** The routes of the door as browsers use them. Pages come as their view models: templates have tests of their own. */
describe('the door over HTTP', () => {
  let w: World;
  let http: () => ReturnType<typeof supertest>;
  beforeAll(async () => {
    w = await world();
    http = () => supertest(w.app.getHttpServer());
  });
  afterAll(() => w.close());
  beforeEach(() => {
    w.clock.at = new Date('2026-11-17T17:50:00Z');
    w.signedIn.who = undefined;
  });

  const door = async (appointment = w.appointments.book()) => ({
    appointment,
    path: `/j/${await w.token(appointment)}`,
  });
  /** A browser: keeps the cookies it is given. */
  const browser = () => supertest.agent(w.app.getHttpServer());
  const snapshot = async () => {
    const tables = ['session_link', 'encounter', 'encounter_participant', 'arrival', 'attendance'];
    const counts = await Promise.all(
      tables.map((table) => w.dataSource.query(`SELECT xmin::text, * FROM core.${table} ORDER BY 2`)),
    );
    return JSON.stringify([counts, w.audit.rows.length, w.events.sent.length]);
  };

  it('changes nothing on any GET in front of the waiting room, whoever opens the link', async () => {
    const { path } = await door();
    const before = await snapshot();
    for (const page of ['', '/questions', '?check=again', '?go=on']) {
      const answer = await http()
        .get(path + page)
        .expect(200);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(answer.headers['cache-control']).toBe('no-store');
    }
    for (const page of ['/waiting', '/waiting/part', '/room'])
      await http()
        .get(path + page)
        .expect(303);
    await http().get(`${path}/live`).expect(404);
    expect(await snapshot()).toBe(before);
    // Negative control: what a change looks like.
    await browser().post(`${path}/enter`).type('form').send(typed).expect(303);
    expect(await snapshot()).not.toBe(before);
  });

  it('shows nothing about the client in front of the door', async () => {
    const { path, appointment } = await door();
    const client = appointment.memberIds[0];
    for (const page of ['', '/questions']) {
      const { text } = await http()
        .get(path + page)
        .expect(200);
      expect(text).toContain(`Person ${appointment.clinicianId.slice(-4)}`);
      for (const secret of [client, appointment.id, appointment.caseId, `Person ${client.slice(-4)}`])
        expect(text).not.toContain(secret);
    }
  });

  it('gives the questions back with what was typed, at 422, and sets no cookie', async () => {
    const { path } = await door();
    const answer = await browser()
      .post(`${path}/enter`)
      .type('form')
      .send({ ...typed, place: '', phone: '12' })
      .expect(422);
    expect(answer.body.model.values).toMatchObject({ contact: 'Morgan, parent', privacy: 'near', phone: '12' });
    expect(Object.keys(answer.body.model.errors).sort()).toEqual(['phone', 'place']);
    expect(answer.headers['set-cookie']).toBeUndefined();
    await http().post(`${path}/enter`).type('form').send({}).expect(422);
    await http()
      .post(`${path}/enter`)
      .send({ place: { $gt: '' }, privacy: ['alone'], contact: 7 })
      .expect(422);
    await browser()
      .post(`${path}/enter`)
      .type('form')
      .send({ placeDeclined: 'yes', privacy: 'declined', contactDeclined: 'yes' })
      .expect(303);
  });

  it('binds the browser by a cookie no script can read, brings it back to where it was, and admits only that one', async () => {
    const { path, appointment } = await door();
    const first = browser();
    const entered = await first.post(`${path}/enter`).type('form').send(typed).expect(303);
    const [cookie] = entered.headers['set-cookie'] as unknown as string[];
    expect(cookie).toMatch(
      /^door-[0-9a-f]{16}=[A-Za-z0-9_-]{43}; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(entered.headers.location).toBe(`${path}/waiting`);
    await first.get(path).expect(303).expect('location', `${path}/waiting`);
    await first.get(`${path}/waiting`).expect(200);
    expect((await first.get(`${path}/waiting?refresh=on`)).headers.refresh).toBe('15');
    await first.post(`${path}/ticket`).expect(409, { code: 'encounters.not-admitted' });

    w.signedIn.who = clinicianOf(appointment);
    const [{ arrival_id: arrival }] = await w.waitingList.waiting(w.signedIn.who);
    await http()
      .post(`/sessions/${appointment.id}/admit`)
      .type('form')
      .send({ arrival })
      .expect(303)
      .expect('location', `/sessions/${appointment.id}`);
    await http()
      .post(`/sessions/${appointment.id}/admit`)
      .set('x-alcove-part', '1')
      .type('form')
      .send({ arrival })
      .expect(204);
    w.signedIn.who = undefined;

    await first.get(`${path}/waiting`).expect(303).expect('location', `${path}/room`);
    await first.get(`${path}/room`).expect(200);
    await first.get(`${path}/state`).expect(200, { state: 'admitted' });
    const { body } = await first.post(`${path}/ticket`).expect(200);
    expect(body).toMatchObject({ module: 'room.js', stylesheet: null, config: { token: expect.any(String) } });

    const second = browser();
    await second.post(`${path}/ticket`).expect(404);
    await second.get(path).expect(200);
    await second.post(`${path}/enter`).type('form').send(typed).expect(303);
    await second.post(`${path}/ticket`).expect(409);
    await first.post(`${path}/leave`).expect(303).expect('location', `${path}/left`);
    await first.get(`${path}/left`).expect(200);
    await first.post(`${path}/ticket`).expect(200);
  });

  it('keeps two doors in one browser apart', async () => {
    const one = await door();
    const two = await door();
    const person = browser();
    await person.post(`${one.path}/enter`).type('form').send(typed).expect(303);
    await person.get(two.path).expect(200);
    await person.post(`${two.path}/enter`).type('form').send(typed).expect(303);
    await person.get(`${one.path}/waiting`).expect(200);
    await person.get(`${two.path}/waiting`).expect(200);
  });

  it('has a kind page for each closed door', async () => {
    const titleOf = async (path: string) => (await http().get(path).expect(200)).body.model.title as string;
    const { path, appointment } = await door();
    w.clock.step(-60);
    expect(await titleOf(path)).toBe('encounters:kind.early.title');
    await http().post(`${path}/enter`).type('form').send(typed).expect(200);
    expect(
      await w.dataSource.query('SELECT 1 FROM core.encounter WHERE appointment_id = $1', [appointment.id]),
    ).toEqual([]);
    w.clock.step(60 + 14 * 60);
    expect(await titleOf(path)).toBe('encounters:kind.ended.title');
    w.clock.step(-14 * 60);
    w.appointments.book({ ...appointment, cancelled: true });
    expect(await titleOf(path)).toBe('encounters:kind.cancelled.title');
    w.appointments.book({ ...appointment, modality: 'office' });
    expect(await titleOf(path)).toBe('encounters:kind.in-office.title');
    w.appointments.book(appointment);

    w.signedIn.who = { ...host(newId()), permissions: new Set(['portal:use']) };
    expect(await titleOf(path)).toBe('encounters:kind.other-account.title');
    w.signedIn.who = clinicianOf(appointment);
    expect(await titleOf(path)).toBe('encounters:kind.staff-account.title');
    expect((await http().get(`${path}?go=on`).expect(200)).body.template).toBe('encounters/check');
    w.signedIn.who = { ...host(appointment.memberIds[0]), permissions: new Set(['portal:use']) };
    expect((await http().get(path).expect(200)).body.template).toBe('encounters/check');
  });

  it('answers every link that is none with the same 404', async () => {
    const bodies = await Promise.all(
      ['/j/x', `/j/${'A'.repeat(43)}`, `/j/${'A'.repeat(43)}/waiting`, '/j/%F0%9F%92%A9'].map(
        async (path) => (await http().get(path).expect(404)).text,
      ),
    );
    expect(new Set(bodies).size).toBe(1);
  });

  it('shows the clinician prepare, room and ended in turn, and colleagues nothing', async () => {
    const { path, appointment } = await door();
    await browser().post(`${path}/enter`).type('form').send(typed).expect(303);
    const session = `/sessions/${appointment.id}`;
    w.signedIn.who = host(newId());
    for (const page of ['', '/people', '/end'])
      await http()
        .get(session + page)
        .expect(404);
    for (const page of ['/open', '/end', '/ticket', '/admit'])
      await http()
        .post(session + page)
        .expect(404);

    w.signedIn.who = clinicianOf(appointment);
    const templateOf = async () => (await http().get(session).expect(200)).body.template as string;
    expect(await templateOf()).toBe('encounters/prepare');
    await http().post(`${session}/ticket`).expect(409);
    await http().post(`${session}/open`).expect(303);
    expect(await templateOf()).toBe('encounters/room');
    await http().post(`${session}/ticket`).expect(200);
    const { body } = await http().get(`${session}/people`).expect(200);
    expect(body.model.waiting).toHaveLength(1);
    await http().get(`${session}/people?seen=${body.model.mark}`).expect(204);
    await http()
      .post(`${session}/message`)
      .type('form')
      .send({ arrival: body.model.waiting[0].arrivalId, text: 'x'.repeat(301) })
      .expect(422);
    await http().post(`${session}/end`).expect(303);
    expect(await templateOf()).toBe('encounters/ended');
    await http().get(`${session}/people`).expect(303);
  });

  it('tells the waiting pill once, and says 204 while it looks the same', async () => {
    const { path, appointment } = await door();
    w.signedIn.who = clinicianOf(appointment);
    await http().get('/waiting?seen=none').expect(204);
    w.signedIn.who = undefined;
    await browser().post(`${path}/enter`).type('form').send(typed).expect(303);
    w.signedIn.who = clinicianOf(appointment);
    const { body } = await http().get('/waiting?seen=none').expect(200);
    expect(body.model).toMatchObject({ count: 1 });
    await http().get(`/waiting?seen=${body.model.mark}`).expect(204);
  });
});
