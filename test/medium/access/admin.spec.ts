import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountService } from '../../../src/features/access/public.js';
import { PracticeService } from '../../../src/features/practice/public.js';
import { systemPrincipal, type Role } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { accessApp, type AccessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';

const PASSWORD = 'quiet river lantern';

let world: AccessApp;
const people = new Map<string, { displayName: string; kinds: string[] }>();
const ids: Partial<Record<Role, string>> = {};
const browsers: Partial<Record<Role, Browser>> = {};
const as = (role: Role): Browser => browsers[role] ?? new Browser(0);
const idOf = (role: Role): string => ids[role] ?? '';

beforeAll(async () => {
  world = await accessApp({ people });
  const who = systemPrincipal('test');
  await world.app.get(PracticeService).create(who, {
    name: 'Linden Row',
    timeZone: 'America/Denver',
    location: { name: 'Main office', timeZone: 'America/Denver' },
  });
  const { port } = world.app.getHttpServer().address() as { port: number };
  for (const role of ['owner', 'clinician', 'scheduler', 'it-admin', 'client'] as const) {
    const personId = newId();
    people.set(personId, { displayName: `Person ${role}`, kinds: role === 'client' ? ['client'] : ['staff'] });
    ids[role] = await world.app
      .get(AccountService)
      .create(who, { role, email: `${role}@care.example`, password: PASSWORD, personId, timeZone: 'America/Denver' });
    const browser = new Browser(port);
    await browser.get('/sign-in');
    await browser.post('/sign-in', { email: `${role}@care.example`, password: PASSWORD });
    await browser.get('/account');
    browsers[role] = browser;
  }
});
afterAll(async () => {
  await world.close();
});

describe('admin pages', () => {
  it.each([
    ['owner', [200, 200, 200, 200, 200]],
    ['it-admin', [200, 200, 404, 200, 200]],
    ['clinician', [404, 404, 404, 404, 404]],
    ['scheduler', [404, 404, 404, 404, 404]],
    ['client', [404, 404, 404, 404, 404]],
  ] as const)('open for %s as the role says', async (role, expected) => {
    const statuses = [];
    for (const path of ['', '/practice', '/people', '/security', '/health'])
      statuses.push((await as(role).get(`/admin${path}`)).status);
    expect(statuses).toEqual(expected);
  });

  it('show IT admins no client and no form they may not send', async () => {
    for (const path of ['', '/practice', '/security', '/health']) {
      const { html } = (await as('it-admin').get(`/admin${path}`)).json;
      expect(html).not.toMatch(/Person client|client@care/);
    }
    expect((await as('it-admin').get('/admin/practice')).json.html).not.toContain('name="crisisText"');
    expect((await as('it-admin').post('/admin/practice', { name: 'Mine', timeZone: 'UTC' })).status).toBe(404);
  });

  it('say how the parts of the server are, the worst first', async () => {
    const { html } = (await as('owner').get('/admin/health')).json;
    expect(html).toContain('1 part needs a look.');
    expect(html?.indexOf('disk')).toBeLessThan(html?.indexOf('database') ?? 0);
  });

  it('count sessions and refusals and name the keys', async () => {
    const { model, html } = (await as('owner').get('/admin/security')).json;
    expect(model?.sessionTotal).toBe(5);
    expect(html).toContain(world.keys.ring.current);
    expect(html).not.toContain(world.keys.ring.root.toString('base64url'));
  });
});

describe('/admin/practice', () => {
  it('saves, adds locations, and keeps what was typed when something is wrong', async () => {
    const browser = as('owner');
    await browser.get('/admin/practice');
    const wrong = await browser.post('/admin/practice', {
      name: '',
      timeZone: 'America/Denver',
      phone: '+1 503 555 0142',
      email: 'office',
    });
    expect(wrong.status).toBe(422);
    expect(wrong.json.model?.errors).toEqual({
      name: 'admin:practice.fault.name',
      email: 'admin:practice.fault.email',
    });
    expect(wrong.json.html).toContain('+1 503 555 0142');
    const right = await browser.post('/admin/practice', {
      name: 'Linden Row Counseling',
      timeZone: 'America/New_York',
      crisisText: 'Call or text 988',
      email: '',
    });
    expect(right.location).toBe('/admin/practice?done=practice');
    expect(
      (await browser.post('/admin/practice/locations', { name: 'River house', timeZone: 'America/New_York' })).status,
    ).toBe(303);
    const practice = await world.app.get(PracticeService).required();
    expect([practice.name, practice.crisisText, practice.locations.map((location) => location.name)]).toEqual([
      'Linden Row Counseling',
      'Call or text 988',
      ['Main office', 'River house'],
    ]);
    expect(
      (
        await browser.post(`/admin/practice/locations/${practice.locations[0].id}`, {
          name: 'Old mill',
          timeZone: 'America/New_York',
        })
      ).status,
    ).toBe(303);
    expect((await browser.post(`/admin/practice/locations/${newId()}`, { name: 'x', timeZone: 'UTC' })).status).toBe(
      404,
    );
    expect((await browser.post('/admin/practice/locations/nope', { name: 'x', timeZone: 'UTC' })).status).toBe(404);
  });
});

describe('/admin/people', () => {
  it('lists staff with role and second step, and no clients', async () => {
    const { html } = (await as('owner').get('/admin/people')).json;
    for (const role of ['owner', 'clinician', 'scheduler', 'it-admin']) expect(html).toContain(`Person ${role}`);
    expect(html).not.toContain('Person client');
  });

  it('changes a role; the new one counts with the next request', async () => {
    await as('owner').get(`/admin/people/${idOf('scheduler')}`);
    expect((await as('scheduler').get('/admin/security')).status).toBe(404);
    expect((await as('owner').post(`/admin/people/${idOf('scheduler')}/role`, { role: 'it-admin' })).location).toBe(
      '/admin/people?done=role',
    );
    expect((await as('scheduler').get('/admin/security')).status).toBe(200);
  });

  it('refuses roles that are none, clients, unknown people and oneself', async () => {
    const browser = as('owner');
    await browser.get('/admin/people');
    const status = async (path: string, fields = {}): Promise<number> => (await browser.post(path, fields)).status;
    expect(await status(`/admin/people/${idOf('clinician')}/role`, { role: 'client' })).toBe(404);
    expect(await status(`/admin/people/${idOf('clinician')}/role`, { role: '__proto__' })).toBe(404);
    expect(await status(`/admin/people/${idOf('client')}/role`, { role: 'owner' })).toBe(404);
    expect(await status(`/admin/people/${idOf('client')}/suspend`)).toBe(404);
    expect(await status(`/admin/people/${newId()}/suspend`)).toBe(404);
    expect(await status('/admin/people/1%20or%201/suspend')).toBe(404);
    const own = await browser.post(`/admin/people/${idOf('owner')}/suspend`);
    expect([own.status, own.json.model?.refusal]).toEqual([409, 'admin:people.refusal.not-yourself']);
  });

  it('suspends: every session ends with the next request, and comes back only by signing in', async () => {
    await as('owner').get('/admin/people');
    expect((await as('clinician').get('/account')).status).toBe(200);
    expect((await as('owner').post(`/admin/people/${idOf('clinician')}/suspend`)).location).toBe(
      '/admin/people?done=suspended',
    );
    expect((await as('clinician').get('/account')).status).toBe(303);
    expect((await as('owner').get('/admin/people?done=suspended')).json.html).toContain('Let back in');
    expect((await as('owner').post(`/admin/people/${idOf('clinician')}/restore`)).status).toBe(303);
    expect((await as('clinician').get('/account')).status).toBe(303);
  });

  it('never leaves the practice without an owner, even when two remove each other at the same time', async () => {
    const accounts = world.app.get(AccountService);
    const second = await accounts.create(systemPrincipal('test'), {
      role: 'owner',
      email: 'second@care.example',
      password: PASSWORD,
      personId: null,
      timeZone: 'UTC',
    });
    const owner = (id: string) => ({
      kind: 'user' as const,
      id,
      role: 'owner' as const,
      permissions: new Set(['staff:manage']),
    });
    const results = await Promise.allSettled([
      accounts.suspend(owner(idOf('owner')), second),
      accounts.suspend(owner(second), idOf('owner')),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
