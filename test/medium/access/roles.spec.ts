import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AccountService,
  mayHold,
  PERMISSIONS,
  RoleSets,
  type Permission,
} from '../../../src/features/access/public.js';
import { systemPrincipal, type Principal, type Role } from '../../../src/platform/access/principal.js';
import { accessApp, type AccessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';

const PASSWORD = 'quiet river lantern';
const ROLES = ['owner', 'clinician', 'scheduler', 'biller', 'it-admin'] as const;

let here: AccessApp;
/** A second process on the same database. */
let there: AccessApp;
const ids: Partial<Record<Role, string>> = {};
const browsers: Partial<Record<Role, Browser>> = {};
const elsewhere: Partial<Record<Role, Browser>> = {};
const of = (all: Partial<Record<Role, Browser>>, role: Role): Browser => {
  const browser = all[role];
  if (!browser) throw new Error(role);
  return browser;
};
const portOf = (app: AccessApp): number => (app.app.getHttpServer().address() as { port: number }).port;
const statusOf = async (all: Partial<Record<Role, Browser>>, role: Role, path: string): Promise<number> =>
  (await of(all, role).get(path)).status;
const owner = (): Principal => ({
  kind: 'user',
  id: ids.owner ?? '',
  role: 'owner',
  permissions: new Set(['roles:manage']),
});

async function entered(app: AccessApp, role: Role): Promise<Browser> {
  const browser = new Browser(portOf(app));
  await browser.get('/sign-in');
  expect((await browser.post('/sign-in', { email: `${role}@care.example`, password: PASSWORD })).status).toBe(303);
  await browser.get('/account');
  return browser;
}

/** The form of the page as a browser would send it: every box that is ticked, every hidden version. */
async function formOf(browser: Browser): Promise<Record<string, string>> {
  const { model } = (await browser.get('/admin/roles')).json;
  const view = model as unknown as {
    roles: { versionName: string; version: string }[];
    groups: { rows: { cells: { kind: string; name: string; checked: boolean }[] }[] }[];
  };
  const boxes = view.groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells));
  return Object.fromEntries([
    ...view.roles.map(({ versionName, version }) => [versionName, version]),
    ...boxes.filter(({ kind, checked }) => kind === 'choice' && checked).map(({ name }) => [name, 'on']),
  ]) as Record<string, string>;
}

const without = (form: Record<string, string>, ...names: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(form).filter(([name]) => !names.includes(name)));

const resetOf = (form: Record<string, string>, role: string): Record<string, string> => ({
  version: form[`${role}.version`] ?? '',
});

beforeAll(async () => {
  here = await accessApp();
  there = await accessApp({ url: here.url, keys: here.keys });
  for (const role of ROLES) {
    ids[role] = await here.app.get(AccountService).create(systemPrincipal('test'), {
      role,
      email: `${role}@care.example`,
      password: PASSWORD,
      personId: null,
      timeZone: 'UTC',
    });
    browsers[role] = await entered(here, role);
    elsewhere[role] = await entered(there, role);
  }
});
afterAll(async () => {
  await there.close();
  await here.close();
});

describe('/admin/roles', () => {
  it('opens for owners only', async () => {
    const statuses = await Promise.all(ROLES.map((role) => statusOf(browsers, role, '/admin/roles')));
    expect(statuses).toEqual([200, 404, 404, 404, 404]);
    expect((await of(browsers, 'it-admin').post('/admin/roles', { 'it-admin.chart:read': 'on' })).status).toBe(404);
  });

  it('saves nothing when nothing is different', async () => {
    const before = here.audit.length;
    const answer = await of(browsers, 'owner').post('/admin/roles', await formOf(of(browsers, 'owner')));
    expect(answer.location).toBe('/admin/roles?done=same');
    expect(here.audit.slice(before).filter(({ entry }) => entry.action === 'role.change')).toEqual([]);
  });

  it('changes what a role may do with the next request, in every process', async () => {
    expect(await statusOf(elsewhere, 'it-admin', '/admin/people')).toBe(404);
    expect(await statusOf(elsewhere, 'it-admin', '/admin/security')).toBe(200);
    const form = without(await formOf(of(browsers, 'owner')), 'it-admin.security:read');
    const answer = await of(browsers, 'owner').post('/admin/roles', { ...form, 'it-admin.staff:read': 'on' });
    expect(answer.location).toBe('/admin/roles?done=saved');
    for (const all of [browsers, elsewhere]) {
      expect(await statusOf(all, 'it-admin', '/admin/people')).toBe(200);
      expect(await statusOf(all, 'it-admin', '/admin/security')).toBe(404);
    }
    const { entry, who } = here.audit.findLast((one) => one.entry.action === 'role.change') ?? {};
    expect(who?.id).toBe(ids.owner);
    expect(entry).toEqual({
      action: 'role.change',
      object: 'role:it-admin',
      facts: { added: 'staff:read', removed: 'security:read', usual: false },
    });
    expect(here.told.at(-1)).toEqual({
      to: { holdersOf: 'roles:manage', except: ids.owner },
      notice: { kind: 'role.change', href: '/admin/roles' },
    });
    const { html } = (await of(browsers, 'owner').get('/admin/roles')).json;
    expect(html).toContain('action="/admin/roles/it-admin/reset"');
  });

  it('keeps what was typed when somebody else was faster, and saves it the second time', async () => {
    const [slow, fast] = [of(browsers, 'owner'), of(elsewhere, 'owner')];
    const form = await formOf(slow);
    await fast.post('/admin/roles', { ...(await formOf(fast)), 'biller.practice:read': 'on' });
    const late = await slow.post('/admin/roles', { ...form, 'biller.health:read': 'on' });
    expect(late.status).toBe(409);
    expect(late.json.html).toContain('name="biller.health:read" value="on" checked');
    expect(late.json.html).toContain('Somebody else changed a role');
    expect(late.json.html?.match(/Now: (not )?allowed/g)).toEqual(['Now: allowed', 'Now: not allowed']);
    expect(await statusOf(browsers, 'biller', '/admin/health')).toBe(404);
    const again = Object.fromEntries(
      Object.entries({ ...(await formOf(slow)), 'biller.health:read': 'on' }).filter(
        ([name]) => name !== 'biller.practice:read',
      ),
    );
    expect((await slow.post('/admin/roles', again)).location).toBe('/admin/roles?done=saved');
    expect(await statusOf(browsers, 'biller', '/admin/health')).toBe(200);
    expect(await statusOf(browsers, 'biller', '/admin/practice')).toBe(404);
  });

  it('lets one of many changes of the same version through', async () => {
    const sets = await here.app.get(RoleSets).list(owner());
    const version = sets.find(({ role }) => role === 'scheduler')?.version ?? '';
    const wishes = Object.keys(PERMISSIONS).filter((key) => mayHold('scheduler', key as Permission));
    const settled = await Promise.allSettled(
      wishes.map((permission, at) =>
        (at % 2 === 0 ? here : there).app
          .get(RoleSets)
          .change(owner(), [{ role: 'scheduler', permissions: [permission], version }]),
      ),
    );
    expect(wishes.length).toBeGreaterThan(15);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = settled.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
    expect(new Set(codes)).toEqual(new Set(['changed-meanwhile']));
  });

  it('gives a role its usual set again', async () => {
    const browser = of(browsers, 'owner');
    const form = await formOf(browser);
    expect((await browser.post('/admin/roles/it-admin/reset', resetOf(form, 'it-admin'))).location).toBe(
      '/admin/roles?done=reset',
    );
    expect(await statusOf(elsewhere, 'it-admin', '/admin/security')).toBe(200);
    expect(await statusOf(elsewhere, 'it-admin', '/admin/people')).toBe(404);
    const rows = await here.dataSource.query<unknown[]>(`SELECT 1 FROM core.role_set WHERE role = 'it-admin'`);
    expect(rows).toEqual([]);
    const idle = await browser.post('/admin/roles/it-admin/reset', resetOf(form, 'it-admin'));
    expect(idle.location).toBe('/admin/roles?done=reset');
    expect((await browser.post('/admin/roles/client/reset', { version: 'usual' })).status).toBe(404);
    expect((await browser.post('/admin/roles/nobody/reset', { version: 'usual' })).status).toBe(404);
  });

  it.each([
    ['it-admin.chart:read'],
    ['it-admin.audit:read'],
    ['clinician.roles:manage'],
    ['scheduler.staff:manage'],
    ['biller.portal:use'],
  ])('refuses the box %s that is not on the page', async (name) => {
    const answer = await of(browsers, 'owner').post('/admin/roles', {
      ...(await formOf(of(browsers, 'owner'))),
      [name]: 'on',
    });
    expect([answer.status, answer.json.code]).toEqual([422, 'access.not-for-role']);
  });

  it('takes no other columns, roles or words, and never the owners’ way back', async () => {
    const browser = of(browsers, 'owner');
    const form = await formOf(browser);
    const odd = { 'client.chart:read': 'on', 'owner.*': 'on', changed_by: 'x', __proto__x: 'on', 'biller.*': 'on' };
    expect((await browser.post('/admin/roles', { ...form, ...odd })).location).toBe('/admin/roles?done=same');
    const bare = Object.fromEntries(Object.entries(form).filter(([name]) => name.endsWith('.version')));
    expect((await browser.post('/admin/roles', bare)).location).toBe('/admin/roles?done=saved');
    expect(await statusOf(browsers, 'owner', '/admin/roles')).toBe(200);
    expect(await statusOf(browsers, 'owner', '/admin/people')).toBe(200);
    expect(await statusOf(browsers, 'owner', '/admin/plugins')).toBe(404);
    for (const role of ['owner', 'clinician', 'scheduler', 'biller', 'it-admin', 'supervisor'])
      await browser.post(`/admin/roles/${role}/reset`, resetOf(await formOf(browser), role));
    expect(await here.dataSource.query<unknown[]>('SELECT 1 FROM core.role_set')).toEqual([]);
  });

  it('is a wall where rights are read, not where they are written: a row made by hand opens nothing', async () => {
    const tamper = (role: string, permissions: string[]): Promise<unknown> =>
      here.dataSource.query(
        `INSERT INTO core.role_set (role, permissions, changed_by, changed_at) VALUES ($1, $2, $3, now())
         ON CONFLICT (role) DO UPDATE SET permissions = $2`,
        [role, permissions, ids.owner],
      );
    await tamper('it-admin', ['*', 'roles:manage', 'chart:read', 'clients:read', 'staff:read']);
    await tamper('owner', []);
    // The control: what may be given counts at once, so the row is read.
    expect(await statusOf(elsewhere, 'it-admin', '/admin/people')).toBe(200);
    expect(await statusOf(elsewhere, 'it-admin', '/clients')).toBe(404);
    expect(await statusOf(elsewhere, 'it-admin', '/admin/roles')).toBe(404);
    expect(await statusOf(elsewhere, 'owner', '/admin/roles')).toBe(200);
    await here.dataSource.query('DELETE FROM core.role_set');
  });

  it('asks for a fresh proof before a change, not before a look', async () => {
    here.clock.at = new Date(here.clock.at.getTime() + 6 * 60_000);
    const browser = of(browsers, 'owner');
    const form = await formOf(browser);
    const answer = await browser.post('/admin/roles', { ...form, 'biller.health:read': 'on' });
    expect(answer.location ?? answer.status).not.toBe('/admin/roles?done=saved');
    expect(await here.dataSource.query<unknown[]>('SELECT 1 FROM core.role_set')).toEqual([]);
  });

  it('decides where signing in leads to', async () => {
    browsers.owner = await entered(here, 'owner');
    const form = without(await formOf(of(browsers, 'owner')), 'scheduler.day:read');
    expect((await of(browsers, 'owner').post('/admin/roles', form)).location).toBe('/admin/roles?done=saved');
    const browser = new Browser(portOf(here));
    await browser.get('/sign-in');
    const answer = await browser.post('/sign-in', { email: 'scheduler@care.example', password: PASSWORD });
    expect(answer.location).toBe('/calendar');
  });
});
