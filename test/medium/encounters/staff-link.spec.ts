import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import supertest from 'supertest';
import { DataSource } from 'typeorm';
import { AccountService, permissionsOf } from '../../../src/features/access/public.js';
import { StaffLinks } from '../../../src/features/encounters/links/staff-links.service.js';
import { SessionLinks } from '../../../src/features/encounters/public.js';
import { People } from '../../../src/features/people/public.js';
import { PracticeService } from '../../../src/features/practice/public.js';
import { Booking, localDayOf } from '../../../src/features/scheduling/public.js';
import { systemPrincipal, type Principal, type Role } from '../../../src/platform/access/principal.js';
import { Clock } from '../../../src/platform/clock.js';
import { newId } from '../../../src/platform/ids.js';
import { bootApp, type BootedApp } from '../../support/app.js';

const ZONE = 'America/Los_Angeles';
const PASSWORD = 'quiet river lantern';
const system = systemPrincipal('test');
const principal = (role: Role, personId?: string): Principal => ({
  kind: 'user',
  id: newId(),
  role,
  personId,
  permissions: permissionsOf(role, role === 'clinician'),
});

/** The link of a client on the page of the appointment, in the whole application. */
describe('the session link for staff', () => {
  let booted: BootedApp;
  let ines: string;
  let bea: string;
  let rowan: string;
  let hour = 6;
  const get = <T>(type: abstract new (...args: never[]) => T): T => booted.app.get<T>(type, { strict: false });

  beforeAll(async () => {
    booted = await bootApp();
    const location = { name: 'Main office', timeZone: ZONE };
    await get(PracticeService).create(system, { name: 'Linden Row', timeZone: ZONE, location });
    const people = get(People);
    ines = await people.createClinician(system, { legalName: 'Ines Calloway', timeZone: ZONE, credential: 'LCSW' });
    bea = await people.createClinician(system, { legalName: 'Bea Osei', timeZone: ZONE, credential: 'LCSW' });
    rowan = await people.createClient(system, { legalName: 'Rowan Ashby', timeZone: ZONE, clinicianId: ines });
  });
  afterAll(() => booted.close());
  afterEach(() => void jest.restoreAllMocks());

  /** Ines and Rowan, in two days, an hour after the last one. */
  const book = async (modality: 'video' | 'office' = 'video'): Promise<string> => {
    const day = localDayOf(new Date(Date.now() + 48 * 3_600_000), ZONE);
    const time = `${String(hour++).padStart(2, '0')}:00`;
    const facts = { clinicianId: ines, clientId: rowan, service: 'individual', modality } as const;
    return (await get(Booking).book(system, { ...facts, day, time, timeZone: ZONE, minutes: 50 })).id;
  };
  const audit = (action: string, appointment: string): Promise<Record<string, unknown>[]> =>
    get(DataSource).query('SELECT * FROM core.audit_event WHERE action = $1 AND object = $2 ORDER BY seq', [
      action,
      `appointment:${appointment}`,
    ]);

  /** A browser of somebody who is signed in. */
  async function browser(role: Role, personId?: string) {
    const email = `${newId()}@staff.example`;
    await get(AccountService).create(system, {
      role,
      email,
      password: PASSWORD,
      personId: personId ?? null,
      timeZone: ZONE,
    });
    const agent = supertest.agent(booted.url);
    const tokenIn = (text: string): string =>
      /name="_csrf" value="([^"]+)"/.exec(text)?.[1].replaceAll('&#x3D;', '=') ?? '';
    let token = tokenIn((await agent.get('/sign-in').set('accept', 'text/html')).text);
    const post = (path: string, fields: Record<string, string>) =>
      agent
        .post(path)
        .set({ accept: 'text/html', origin: booted.url })
        .type('form')
        .send({ _csrf: token, ...fields });
    await post('/sign-in', { email, password: PASSWORD }).expect(303);
    token = tokenIn((await agent.get('/account').set('accept', 'text/html').expect(200)).text);
    return { get: (path: string) => agent.get(path).set('accept', 'text/html'), post };
  }
  const linkIn = (text: string): string =>
    /id="fl-link"[^>]*value="([^"]+)"/.exec(text)?.[1].replaceAll('&#x3D;', '=') ?? '';
  const versionIn = (text: string): string =>
    /link\/new"[\s\S]*?name="version" value="(\d+)"/.exec(text)?.[1] ?? 'no version';

  it('is shown on a press, works, is in no address and in the audit without itself', async () => {
    const id = await book();
    const staff = await browser('clinician', ines);
    const { text: before } = await staff.get(`/appointments/${id}`).expect(200);
    expect(before).toContain('Show the link for Rowan Ashby');
    expect(linkIn(before)).toBe('');
    expect(await audit('session-link.issue', id)).toHaveLength(0);

    const shown = await staff.post(`/appointments/${id}/link`, { clientId: rowan }).expect(200);
    expect(shown.headers.location).toBeUndefined();
    expect(shown.headers['cache-control']).toBe('no-store');
    const link = linkIn(shown.text);
    expect(link.startsWith(`${booted.url}/j/`)).toBe(true);
    expect(shown.text).toMatch(/id="fl-link"[^>]*readonly/);
    expect(shown.text).toContain('scheduling/copy');
    await supertest(link).get('').expect(200);

    const rows = await audit('session-link.show', id);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ client_id: rowan });
    const token = link.slice(`${booted.url}/j/`.length);
    const everything = JSON.stringify(await get(DataSource).query('SELECT * FROM core.audit_event'));
    expect(everything).not.toContain(token);
  });

  it('is the same for everybody who may change the appointment: clinician, front desk, owner', async () => {
    const id = await book();
    const links = new Set<string>();
    for (const staff of [await browser('clinician', ines), await browser('scheduler'), await browser('owner')])
      links.add(linkIn((await staff.post(`/appointments/${id}/link`, { clientId: rowan }).expect(200)).text));
    expect(links.size).toBe(1);
    expect([...links][0]).toContain('/j/');
  });

  it('is made anew, once however often it is pressed, and the old one opens nothing', async () => {
    const id = await book();
    const staff = await browser('scheduler');
    const { text: first } = await staff.post(`/appointments/${id}/link`, { clientId: rowan }).expect(200);
    const old = { clientId: rowan, version: versionIn(first) };
    const { text: second } = await staff.post(`/appointments/${id}/link/new`, old).expect(200);
    expect(linkIn(second)).not.toBe(linkIn(first));
    await supertest(linkIn(first)).get('').expect(404);
    await supertest(linkIn(second)).get('').expect(200);
    // A reload sends the same form again.
    const { text: third } = await staff.post(`/appointments/${id}/link/new`, old).expect(200);
    expect(linkIn(third)).toBe(linkIn(second));
    expect(await audit('session-link.revoke', id)).toHaveLength(1);
    // So does a double click, at the same time.
    const twice = { clientId: rowan, version: versionIn(third) };
    const both = await Promise.all([1, 2].map(() => staff.post(`/appointments/${id}/link/new`, twice).expect(200)));
    expect(new Set(both.map(({ text }) => linkIn(text))).size).toBe(1);
    expect(await audit('session-link.revoke', id)).toHaveLength(2);
    // Negative control: with the version on the page now, there is a next one.
    const next = { clientId: rowan, version: versionIn(both[0].text) };
    expect(linkIn((await staff.post(`/appointments/${id}/link/new`, next)).text)).not.toBe(linkIn(both[0].text));
  });

  it('unknown, forbidden and malformed are one answer, and make nothing', async () => {
    const id = await book();
    const own = { clientId: rowan, version: '1' };
    const [colleague, staff] = [await browser('clinician', bea), await browser('clinician', ines)];
    const asked: [typeof staff, string, Record<string, string>][] = [
      [colleague, id, own],
      [staff, newId(), own],
      [staff, 'x', own],
      [staff, id, { ...own, clientId: newId() }],
      [staff, id, { ...own, clientId: bea }],
      [staff, id, { ...own, clientId: "' OR 1=1--" }],
      [staff, id, {}],
    ];
    for (const [who, appointment, fields] of asked)
      for (const route of ['link', 'link/new'])
        expect((await who.post(`/appointments/${appointment}/${route}`, fields)).status).toBe(404);
    for (const role of ['biller', 'it-admin'] as const)
      await (await browser(role)).post(`/appointments/${id}/link`, own).expect(404);
    expect(await audit('session-link.issue', id)).toHaveLength(0);
    expect(await audit('session-link.show', id)).toHaveLength(0);
    // Negative control.
    await staff.post(`/appointments/${id}/link`, own).expect(200);
  });

  it('is refused by the service itself, whatever the route says', async () => {
    const id = await book();
    const links = get(StaffLinks);
    const refused = { code: 'not-found' };
    for (const who of [
      principal('clinician', bea),
      principal('biller'),
      principal('it-admin'),
      principal('client', rowan),
    ]) {
      await expect(links.show(who, id, rowan)).rejects.toMatchObject(refused);
      await expect(links.renew(who, id, rowan, 1)).rejects.toMatchObject(refused);
    }
    await expect(links.show(principal('clinician', ines), id, rowan)).resolves.toMatchObject({ version: 1 });
  });

  it('is there only for video that is booked and not over', async () => {
    const links = get(StaffLinks);
    const who = principal('scheduler');
    const staff = await browser('scheduler');
    const office = await book('office');
    await expect(links.show(who, office, rowan)).rejects.toMatchObject({ code: 'not-found' });
    expect((await staff.get(`/appointments/${office}`).expect(200)).text).not.toContain('/link"');

    const cancelled = await book();
    await get(Booking).cancel(system, cancelled, { version: 1, reason: 'illness' });
    await expect(links.show(who, cancelled, rowan)).rejects.toMatchObject({ code: 'scheduling.not-changeable' });
    // Cancelled while the page was open: the page as it is now, without a link.
    const { text } = await staff.post(`/appointments/${cancelled}/link`, { clientId: rowan }).expect(409);
    expect(text).toContain('Somebody changed this appointment');
    expect(text).not.toContain('/j/');

    const over = await book();
    await expect(links.show(who, over, rowan)).resolves.toBeDefined();
    jest.spyOn(get(Clock), 'now').mockReturnValue(new Date(Date.now() + 96 * 3_600_000));
    await expect(links.show(who, over, rowan)).rejects.toMatchObject({ code: 'scheduling.not-changeable' });
    await expect(links.renew(who, over, rowan, 1)).rejects.toMatchObject({ code: 'scheduling.not-changeable' });
  });

  it('is not shown when the audit cannot take it', async () => {
    const id = await book();
    const links = get(StaffLinks);
    const { audit: writer } = links as unknown as { audit: { record(): Promise<void> } };
    jest.spyOn(writer, 'record').mockRejectedValue(new Error('no audit'));
    await expect(links.show(principal('scheduler'), id, rowan)).rejects.toThrow('no audit');
  });

  it('stays with the door: a link of a member is what the portal shows, too', async () => {
    const id = await book();
    const { url } = await get(StaffLinks).show(principal('owner'), id, rowan);
    expect(url).toBe(`${booted.url}${await get(SessionLinks).clientPath(id, rowan)}`);
  });
});
