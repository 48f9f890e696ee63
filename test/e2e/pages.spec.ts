import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ROLES, type Role } from '../../src/platform/access/principal.js';
import { totpCode } from '../../src/features/access/factors/totp.js';
import { freshCode, launchBrowser, mediaFlows, Visitor } from '../support/browser.js';
import { accessibilityFaults, faultsOf, pageRoutes, routeOf, scrollsSideways } from '../support/pages.js';
import { until } from '../support/processes.js';
import { TestServer } from '../support/server.js';
import { answer } from './door-walk.js';

/** Addresses that answer with something else than a page of their own. */
const NO_PAGES = new Set([
  '/',
  '/live',
  '/metrics',
  '/health/live',
  '/health/ready',
  '/waiting',
  '/account/authenticator/qr.svg',
  '/j/:token/live',
  '/j/:token/state',
  '/j/:token/waiting/part',
  '/sessions/:id/people',
  '/today/lines',
  // Seen in single-sign-on.spec.ts, where there is a provider.
  '/notices/badge',
  '/sign-in/second-factor/qr.svg',
  // Seen in passkeys.spec.ts, where the browser has a device that makes one.
  '/account/passkeys/new',
  '/account/passkeys/:id',
  '/account/single-sign-on',
  '/account/single-sign-on/again',
  '/sign-in/single-sign-on/callback',
  '/sign-in/single-sign-on/confirm',
]);
const ACCOUNT = [
  '/account',
  '/account/again',
  '/account/authenticator',
  '/account/email',
  '/account/password',
  '/account/recovery-codes',
];
const CALENDAR = ['/today', '/calendar', '/clients', '/clients/new', '/appointments/new', 'appointment', 'book'];
const CHART = ['chart', 'details', 'history'];
const ADMIN = ['/admin', '/admin/practice', '/admin/security', '/admin/health', '/admin/plugins'];
const AUDIT = ['/admin/audit', '/admin/audit/1', '/admin/audit/review', '/admin/emergency'];
/** What each role sees; words without a slash are addresses found on other pages. */
const SEEN: Readonly<Record<Role, readonly string[]>> = {
  owner: [
    // First, while the proof of signing in is fresh.
    ...ACCOUNT,
    ...CALENDAR,
    'details',
    ...ADMIN,
    ...AUDIT,
    '/admin/single-sign-on',
    '/admin/people',
    '/admin/people/invite',
    'person',
    '/admin/roles',
    '/admin/programs',
  ],
  clinician: ['/clients/emergency', ...CALENDAR, ...CHART, '/account', '/notices'],
  supervisor: ['/today', '/calendar', '/clients', '/account'],
  scheduler: [...CALENDAR, 'details', 'portal-accounts', '/account'],
  biller: ['/clients', '/account'],
  'it-admin': [...ADMIN, '/admin/plugins/video-direct', 'panel', '/account'],
  client: ['/portal', '/portal/access-history', '/account', '/notices'],
  guardian: ['/portal', '/account'],
};

describe('every page, at 320 and 1280 pixels, light and dark', () => {
  let server: TestServer;
  let browser: Browser;
  const seen = new Set<string>();
  const routes = pageRoutes();
  const visitors = new Map<Role, Visitor>();

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await TestServer.start();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  const open = (): Promise<Visitor> => Visitor.open(browser, server.url);

  async function signedIn(role: Role): Promise<Visitor> {
    const known = visitors.get(role);
    if (known) return known;
    const visitor = await open();
    await visitor.signIn(server.account(role));
    visitors.set(role, visitor);
    return visitor;
  }

  /** Faults of the page the visitor is on, which counts as seen. */
  async function look(visitor: Visitor): Promise<string[]> {
    const route = routeOf(new URL(visitor.page.url()).pathname, routes);
    if (route) seen.add(route);
    return faultsOf(visitor);
  }

  it('the four checks can fail', async () => {
    const visitor = await open();
    await visitor.go('/sign-in');
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.page.evaluate(() => {
      const wide = document.createElement('canvas');
      wide.width = 3000;
      document.querySelector('main')?.before(wide);
      document.querySelector('input[type=email]')?.removeAttribute('id');
      document.body.setAttribute('style', 'color: red');
      console.error('planted');
    });
    expect(await scrollsSideways(visitor.page)).toBe(true);
    expect(await accessibilityFaults(visitor.page)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^label: /)]),
    );
    expect(visitor.complaints.join('\n')).toMatch(/Content Security Policy[^]*planted/);
    await visitor.close();
    const free = await Visitor.open(browser, server.url, { bypassCSP: true });
    await free.go('/sign-in');
    await free.page.evaluate(() => fetch('http://127.0.0.1:9/stranger').then(String, String));
    expect(free.strangers).toEqual(['http://127.0.0.1:9/stranger']);
    await free.close();
  }, 60_000);

  it('the counter of policy reports can count', async () => {
    const before = await server.metric('alcove_csp_reports_total');
    const report = { 'csp-report': { 'effective-directive': 'style-src-attr' } };
    await fetch(`${server.url}/csp-reports`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/csp-report' },
      body: JSON.stringify(report),
    });
    // The browser's own report of the style above comes on its own time.
    await until('a report is counted', async () => (await server.metric('alcove_csp_reports_total')) > before);
  });

  it('before signing in', async () => {
    const visitor = await open();
    const faults: string[] = [];
    await visitor.go('/sign-in');
    faults.push(...(await look(visitor)));
    await visitor.page.getByLabel('Email').fill('nobody@example.org');
    await visitor.page.getByLabel('Password').fill('not the password');
    await visitor.press('Continue');
    await visitor.sees('do not fit together');
    faults.push(...withoutStatus(await look(visitor), 422));
    const owner = server.account('owner');
    await visitor.page.getByLabel('Email').fill(owner.email);
    await visitor.page.getByLabel('Password').fill(owner.password);
    await visitor.press('Continue');
    await visitor.sees('One more step');
    faults.push(...(await look(visitor)));
    await visitor.go('/sign-in/recovery-code');
    faults.push(...(await look(visitor)));
    for (const address of ['/nowhere', '/link/nothing']) {
      expect(await visitor.go(address)).toBe(404);
      faults.push(...withoutStatus(await look(visitor), 404));
    }
    for (const address of ['/sign-in/forgot', '/sign-in/forgot?asked=yes', '/sign-in/ready']) {
      await visitor.go(address);
      faults.push(...(await look(visitor)));
    }
    await visitor.close();
    expect(faults).toEqual([]);
  }, 60_000);

  it.each(ROLES)(
    'as %s',
    async (role) => {
      const visitor = await signedIn(role);
      const faults: string[] = [];
      for (const name of SEEN[role]) {
        const address = await addressOf(visitor, name);
        expect([name, await visitor.go(address)]).toEqual([name, 200]);
        faults.push(...(await look(visitor)));
      }
      expect(await visitor.go('/clients/nobody')).toBe(404);
      faults.push(...withoutStatus(await look(visitor), 404));
      expect(faults).toEqual([]);
    },
    240_000,
  );

  it('forms that come back with faults', async () => {
    const visitor = await signedIn('scheduler');
    const faults: string[] = [];
    await visitor.go('/clients/new');
    await visitor.page.locator('main form[method=post] button[type=submit]').click();
    await visitor.page.locator('[data-error-summary]').waitFor();
    faults.push(...withoutStatus(await look(visitor), 422));
    await visitor.go(await addressOf(visitor, 'book'));
    await visitor.page.getByLabel('Minutes').fill('0');
    await visitor.press('Book this time');
    await visitor.page.locator('[data-error-summary]').waitFor();
    faults.push(...withoutStatus(await look(visitor), 422));
    expect(faults).toEqual([]);
  }, 60_000);

  it('the link of a client, shown and copied, with and without scripts', async () => {
    const visitor = await signedIn('scheduler');
    const { page } = visitor;
    const faults: string[] = [];
    const address = await addressOf(visitor, 'appointment');
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    const field = page.getByRole('textbox', { name: /^Link for / });
    const shown = async (): Promise<string> => {
      await field.waitFor();
      expect(page.url()).not.toContain('/j/');
      return field.inputValue();
    };
    await visitor.go(address);
    await page.getByRole('button', { name: /^Show the link for / }).click();
    const first = await shown();
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await field.isEditable()).toBe(false);
    faults.push(...(await faultsOf(visitor)));
    await visitor.press('Copy');
    await visitor.sees('Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(first);
    faults.push(...(await faultsOf(visitor)));
    // The demo's own link is the one shown; a new one would close it to the tests that follow.
    expect(first).toBe(server.demo.session.clientUrl);
    const plain = await Visitor.open(browser, server.url, { javaScriptEnabled: false });
    await plain.signIn(server.account('owner'));
    await plain.go(address);
    await plain.page.getByRole('button', { name: /^Show the link for / }).click();
    expect(await plain.page.getByRole('textbox', { name: /^Link for / }).inputValue()).toBe(first);
    expect(await plain.page.getByRole('button', { name: 'Copy', exact: true }).isVisible()).toBe(false);
    await plain.close();
    expect(faults).toEqual([]);
  }, 60_000);

  it('an invitation, from making it to coming in', async () => {
    const faults: string[] = [];
    const owner = await signedIn('owner');
    await owner.go('/admin/people/invite');
    await owner.page.getByLabel('Name', { exact: true }).fill('Sun Abara');
    await owner.page.getByLabel('Email').fill('sun.abara@example.org');
    await owner.page.getByLabel('Clinician').check();
    await owner.press('Make the invitation');
    const link = await owner.page.getByRole('textbox', { name: 'Link' }).inputValue();
    faults.push(...(await look(owner)));

    const guest = await open();
    await guest.go(new URL(link).pathname);
    faults.push(...(await look(guest)));
    await guest.page.getByLabel('Choose a password').fill('a kettle of violet moss');
    await guest.press('Come in');
    await guest.page.waitForURL(/\/today$/);
    expect(await guest.go(new URL(link).pathname)).toBe(404);
    faults.push(...withoutStatus(await look(guest), 404));
    await guest.close();
    await owner.go('/admin/people');
    await owner.sees('Sun Abara');
    faults.push(...(await look(owner)));
    expect(faults).toEqual([]);
  }, 120_000);

  it('an emergency, from opening a chart to those who look at it', async () => {
    const faults: string[] = [];
    const visitor = await open();
    await visitor.signIn(server.account('supervisor'));
    await visitor.go('/clients/emergency');
    await visitor.press('Open the chart');
    await visitor.page.locator('[data-error-summary]').waitFor();
    faults.push(...withoutStatus(await look(visitor), 422));
    const owner = await signedIn('owner');
    const number = await somebodyElses(visitor, owner);
    await visitor.go('/clients/emergency');
    await visitor.page.getByLabel('Number of the client').fill(number);
    await visitor.page.getByLabel('In your words').fill('The caller says that somebody is in danger right now.');
    await visitor.press('Open the chart');
    await visitor.sees('open to you in an emergency');
    faults.push(...(await look(visitor)));
    await visitor.press('Close it now');
    await visitor.page.waitForURL(/\/clients$/);
    await visitor.close();

    await owner.go('/notices');
    faults.push(...(await look(owner)));
    await owner.go('/admin/emergency');
    faults.push(...(await look(owner)));
    await owner.page.locator('main a[href^="/admin/emergency/"]').first().click();
    await owner.sees('somebody is in danger right now');
    faults.push(...(await look(owner)));
    expect(faults).toEqual([]);
  }, 120_000);

  it('a program and its key, shown once', async () => {
    const faults: string[] = [];
    const visitor = await signedIn('owner');
    const { password, totpSecret = '' } = server.account('owner');
    await visitor.go('/account/again?next=/admin/programs');
    await visitor.page.getByLabel('password').fill(password);
    await visitor.page.getByLabel('Code', { exact: true }).fill(await freshCode(totpSecret));
    await visitor.press('Confirm');
    await visitor.page.waitForURL(/\/admin\/programs$/);
    await visitor.page.getByLabel('Name', { exact: true }).fill('Log keeper');
    await visitor.press('Add the program');
    await visitor.page.waitForURL(/\/admin\/programs\/[0-9a-f-]+/);
    faults.push(...(await look(visitor)));
    await visitor.page.getByLabel('The health of the server').check();
    await visitor.press('Make the key');
    await visitor.page.getByRole('textbox').filter({ visible: true }).last().waitFor();
    faults.push(...(await faultsOf(visitor)));
    expect(faults).toEqual([]);
  }, 120_000);

  it('through the door, in the room, and out again', async () => {
    const [client, clinician] = [await open(), await signedIn('clinician')];
    const faults: string[] = [];
    const { clientUrl, clinicianUrl } = server.demo.session;
    await clinician.go(clientUrl);
    faults.push(...(await look(clinician)));
    await clinician.go(clinicianUrl);
    faults.push(...(await look(clinician)));
    await client.go(clientUrl);
    await client.page.locator('[data-camera-state]').filter({ hasText: 'Works' }).waitFor();
    faults.push(...(await look(client)));
    await client.press('Continue');
    faults.push(...(await look(client)));
    await client.press('Enter the waiting room');
    await client.page.locator('[data-error-summary]').waitFor();
    faults.push(...withoutStatus(await look(client), 422));
    await answer(client);
    await client.press('Enter the waiting room');
    await client.page.waitForURL(/\/waiting$/);
    faults.push(...(await look(client)));
    await clinician.sees('1 waiting');
    faults.push(...(await look(clinician)));
    await clinician.press('Admit');
    await client.page.waitForURL(/\/room$/);
    await mediaFlows([clinician.page, client.page]);
    await clinician.press('Chat');
    faults.push(...(await look(client)), ...(await look(clinician)));
    await client.press('Leave');
    await client.sees('You have left the session');
    faults.push(...(await look(client)));
    await clinician.go(`${clinicianUrl}/end`);
    faults.push(...(await look(clinician)));
    await clinician.press('End it for everyone');
    await clinician.sees('Measured time');
    faults.push(...(await look(clinician)));
    await client.go(clientUrl);
    await client.sees('This session has ended');
    faults.push(...(await look(client)));
    expect(faults).toEqual([]);
  }, 180_000);

  it('the first run', async () => {
    const fresh = await TestServer.start({ command: 'start' });
    try {
      const visitor = await Visitor.open(browser, fresh.url);
      const [, code] = await fresh.process.saw(/with the code (\S+)/);
      await visitor.go('/');
      const faults = await look(visitor);
      await visitor.page.getByLabel('Setup code').fill(code);
      await visitor.page.getByLabel('Your name').fill('Harriet Lindgren');
      await visitor.page.getByLabel('Email').fill('harriet@example.org');
      await visitor.page.getByLabel('Password').fill('lantern orchard pebble 41');
      await visitor.page.getByLabel('Name of the practice').fill('Linden Row');
      await visitor.page.getByLabel('Time zone').selectOption('America/Los_Angeles');
      await visitor.page.getByLabel('First location').fill('Main office');
      await visitor.press('Go on');
      await visitor.sees('One thing before you start');
      faults.push(...(await look(visitor)));
      await visitor.press('Set up an authenticator app');
      const secret = String(await visitor.page.locator('main code').first().textContent());
      faults.push(...(await look(visitor)));
      await visitor.page.getByLabel('Six-digit code').fill(totpCode(secret.replaceAll(/\s/g, ''), new Date()));
      await visitor.page.getByLabel('Six-digit code').press('Enter');
      await visitor.press('Make new codes');
      await visitor.sees('This is the only time you see them');
      faults.push(...(await look(visitor)));
      await visitor.page.getByRole('link', { name: 'I have them' }).click();
      await visitor.sees('Your recovery kit');
      faults.push(...(await look(visitor)));
      const last = (await visitor.page.locator('main code').last().textContent())?.trim().split(/\s+/).at(-1);
      await visitor.page.getByLabel('The last group of the sheet').fill(String(last));
      await visitor.press('I have it');
      await visitor.page.waitForURL(/\/admin/);
      for (const address of ['/admin', '/today', '/clients', '/calendar', '/admin/people']) {
        await visitor.go(address);
        faults.push(...(await look(visitor)));
      }
      await visitor.close();
      expect(faults).toEqual([]);
    } finally {
      await fresh.stop();
    }
  }, 120_000);

  it('that was every page there is', () => {
    const missing = routes.filter((route) => !route.startsWith('/api/') && !NO_PAGES.has(route) && !seen.has(route));
    expect(missing).toEqual([]);
  });

  /** Number of a client whom the owner can name and the visitor does not work with. */
  async function somebodyElses(visitor: Visitor, owner: Visitor): Promise<string> {
    await visitor.go('/clients');
    const own = (await visitor.page.locator('main').textContent()) ?? '';
    await owner.go('/clients');
    const links = await owner.page.locator('main a[href*="/clients/emergency?number="]').all();
    for (const link of links) {
      const number = /number=(\d+)/.exec((await link.getAttribute('href')) ?? '')?.[1];
      if (number && !own.includes(number)) return number;
    }
    throw new Error('everybody on the list is in the care of this visitor');
  }

  /** Found as people find it: the first link of that kind on the page that lists them. */
  async function addressOf(visitor: Visitor, name: string): Promise<string> {
    if (name.startsWith('/')) return name;
    const { appointmentId, clientId } = server.demo.references;
    if (name === 'appointment') return `/appointments/${appointmentId}`;
    if (name === 'chart') return `/clients/${clientId}`;
    if (name === 'panel') return '/admin/plugins/example-hello/about';
    if (name === 'history') return `/clients/${clientId}/history`;
    if (name === 'portal-accounts') return `/clients/${clientId}/portal`;
    if (name === 'details') return `/clients/${clientId}/details`;
    const [list, start] =
      name === 'person' ? ['/admin/people', '/admin/people/0'] : ['/appointments/new', '/appointments/new?'];
    await visitor.go(list);
    const address = await visitor.page.locator(`main a[href^="${start}"]`).first().getAttribute('href');
    if (!address) throw new Error(`${list} has no link to a ${name}`);
    return address;
  }
});

/** A page that is itself an answer with this status is a line in the browser's console, which no page can keep quiet. */
const withoutStatus = (faults: readonly string[], status: number): string[] =>
  faults.filter((fault) => !fault.includes(`Failed to load resource: the server responded with a status of ${status}`));
