// `npm run screenshots`: starts the demo in a folder of its own and photographs its core pages into docs/screenshots.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOTP } from 'otpauth';
import { chromium } from 'playwright-core';
import { findBrowser } from './browser.mjs';

const root = path.join(import.meta.dirname, '..');
const target = path.resolve(process.argv[2] ?? path.join(root, 'docs/screenshots'));
/** Where the demo practice is: times at the door are shown in the visitor's own zone. */
const HERE = { locale: 'en-US', timezoneId: 'America/Los_Angeles' };
const SIZES = { 1280: { width: 1280, height: 800 }, 320: { width: 320, height: 640 } };

/** Name, role that looks (null: nobody signed in), address. `{client}` and `{session}` are filled in from the demo. */
const PAGES = [
  ['sign-in', null, '/sign-in'],
  ['today', 'clinician', '/today'],
  ['calendar', 'clinician', '/calendar'],
  ['clients', 'clinician', '/clients'],
  ['chart', 'clinician', '{chart}'],
  ['book', 'scheduler', '/appointments/new'],
  ['appointment', 'clinician', '{appointment}'],
  ['account', 'clinician', '/account'],
  ['admin', 'owner', '/admin'],
  ['admin-practice', 'owner', '/admin/practice'],
  ['admin-people', 'owner', '/admin/people'],
  ['invite', 'owner', '/admin/people/invite'],
  ['roles', 'owner', '/admin/roles'],
  ['programs', 'owner', '/admin/programs'],
  ['single-sign-on', 'owner', '/admin/single-sign-on'],
  ['audit', 'owner', '/admin/audit'],
  ['admin-security', 'owner', '/admin/security'],
  ['admin-health', 'it-admin', '/admin/health'],
  ['plugins', 'it-admin', '/admin/plugins'],
  ['plugin', 'it-admin', '/admin/plugins/video-direct'],
  ['emergency', 'clinician', '/clients/emergency'],
  ['portal', 'client', '/portal'],
  ['access-history', 'client', '/portal/access-history'],
  ['not-found', 'clinician', '/clients/nobody'],
];

const free = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'alcove-pictures-'));
  const port = String(await free());
  // By its name, so that the pages offer passkeys: browsers make none for an address of numbers.
  const env = { ...process.env, ALCOVE_DATA_DIR: folder, PORT: port, ALCOVE_BASE_URL: `http://localhost:${port}` };
  const server = spawn(process.execPath, ['src/cli/bin/alcove.mjs', 'demo'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const browser = await chromium.launch({
    executablePath: await findBrowser(),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });
  try {
    const demo = await ready(path.join(folder, 'demo.json'), `http://127.0.0.1:${env.PORT}`);
    mkdirSync(target, { recursive: true });
    await photograph(browser, demo);
    await session(browser, demo);
  } finally {
    await browser.close();
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ready(file, url) {
  for (let tries = 0; tries < 240; tries++) {
    if (existsSync(file)) {
      const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return JSON.parse(readFileSync(file, 'utf8'));
    }
    await sleep(250);
  }
  throw new Error('the demo did not become ready within a minute');
}

async function photograph(browser, demo) {
  const states = new Map();
  for (const [name, role, address] of PAGES) {
    if (!states.has(role)) states.set(role, role && (await signIn(browser, demo, role)));
    for (const scheme of name === 'today' ? ['light', 'dark'] : ['light']) {
      for (const [width, viewport] of Object.entries(SIZES)) {
        const context = await browser.newContext({
          ...HERE,
          viewport,
          colorScheme: scheme,
          storageState: states.get(role) ?? undefined,
        });
        const page = await context.newPage();
        await page.goto(demo.baseUrl + (await resolve(page, demo, address)), { waitUntil: 'load' });
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({ path: path.join(target, `${name}-${width}${scheme === 'dark' ? '-dark' : ''}.png`) });
        await context.close();
      }
    }
  }
}

/** `{chart}` and `{appointment}`: the first link of that kind on the pages that list them. */
async function resolve(page, demo, address) {
  if (address === '{chart}') {
    await page.goto(`${demo.baseUrl}/clients`);
    return page.locator('main a[href^="/clients/0"]').first().getAttribute('href');
  }
  if (address === '{appointment}') return `/appointments/${demo.references.appointmentId}`;
  return address;
}

async function signIn(browser, demo, role) {
  const account = demo.accounts.find((one) => one.role === role);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${demo.baseUrl}/sign-in`);
  await page.fill('input[name=email]', account.email);
  await page.fill('input[name=password]', account.password);
  await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]);
  if (account.totpSecret) {
    await page.fill('input[name=code]', new TOTP({ secret: account.totpSecret }).generate());
    await Promise.all([page.waitForNavigation(), page.click('main button[type=submit]')]);
  }
  const state = await context.storageState();
  await context.close();
  return state;
}

/** The door and the room, as the two people see them. */
async function session(browser, demo) {
  const media = { ...HERE, permissions: ['camera', 'microphone'] };
  const phone = await browser.newContext({ ...media, viewport: { width: 390, height: 844 } });
  const desk = await browser.newContext({
    ...media,
    viewport: SIZES[1280],
    storageState: await signIn(browser, demo, 'clinician'),
  });
  const [client, clinician] = [await phone.newPage(), await desk.newPage()];
  const shoot = (page, name) => page.screenshot({ path: path.join(target, `${name}.png`) });

  await client.goto(demo.session.clientUrl);
  await sleep(1_500);
  await shoot(client, 'device-check');
  await client
    .getByRole('button', { name: 'Continue' })
    .or(client.getByRole('link', { name: 'Continue' }))
    .click();
  await client.waitForLoadState();
  await shoot(client, 'door-questions');
  await answer(client);
  await client.getByRole('button', { name: 'Enter the waiting room' }).click();
  await client.waitForLoadState();
  await sleep(500);
  await shoot(client, 'waiting-room');
  await clinician.goto(`${demo.baseUrl}/today`);
  await clinician.getByRole('button', { name: 'Admit' }).first().waitFor();
  await shoot(clinician, 'somebody-waits');
  await clinician.getByRole('button', { name: 'Admit' }).first().click();
  await clinician.waitForLoadState();
  await sleep(6_000);
  await shoot(clinician, 'room');
  await shoot(client, 'room-client');
  await phone.close();
  await desk.close();
}

const ANSWERS = { contact: 'Morgan, parent, (503) 555-0142', phone: '(503) 555-0177' };

async function answer(page) {
  for (const group of await page.getByRole('group').all()) {
    const radio = group.getByRole('radio').first();
    if (await radio.count()) await radio.check();
  }
  for (const box of await page.locator('main input[type=text], main input[type=tel], main textarea').all()) {
    const name = (await box.getAttribute('name')) ?? '';
    if (await box.isVisible()) await box.fill(ANSWERS[name] ?? 'At home, 1400 SE Alder Street, Portland');
  }
}

await main();
