import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountService, newTotpSecret, totpCode } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { accessApp, type AccessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';

const PASSWORD = 'quiet river lantern';
const NEXT = 'seven slow swans at noon';

let world: AccessApp;
let port: number;
let nth = 0;

beforeAll(async () => {
  world = await accessApp();
  port = (world.app.getHttpServer().address() as { port: number }).port;
});
afterAll(async () => {
  await world.close();
});

async function signedIn(
  options: { role?: 'clinician' | 'client'; totpSecret?: string; password?: string } = {},
): Promise<{ id: string; email: string; browser: Browser }> {
  nth += 1;
  const email = `own${nth}@care.example`;
  const password = options.password ?? PASSWORD;
  const id = await world.app.get(AccountService).create(systemPrincipal('test'), {
    role: options.role ?? 'clinician',
    email,
    password,
    personId: newId(),
    timeZone: 'America/Denver',
    totpSecret: options.totpSecret,
  });
  const browser = new Browser(port, { 'x-test-ip': `192.0.2.${nth}` });
  await enter(browser, email, password, options.totpSecret);
  return { id, email, browser };
}

async function enter(browser: Browser, email: string, password: string, totpSecret?: string): Promise<string | null> {
  await browser.get('/sign-in');
  const first = await browser.post('/sign-in', { email, password });
  if (!totpSecret || first.location !== '/sign-in/code') return first.location;
  await browser.get('/sign-in/code');
  const second = await browser.post('/sign-in/code', { code: totpCode(totpSecret, world.clock.at) });
  world.clock.at = new Date(world.clock.at.getTime() + 30_000);
  return second.location;
}

describe('/account', () => {
  it('shows role, email, the way in and every browser', async () => {
    const { browser, email } = await signedIn();
    await enter(new Browser(port, { 'x-test-ip': '2001:db8::9' }), email, PASSWORD);
    const { json, status } = await browser.get('/account');
    expect(status).toBe(200);
    expect(json.html).toContain('Clinician. You sign in with a password alone');
    expect(json.html).toContain('Firefox on Linux');
    expect(json.html).toContain('From 2001:db8::9');
    expect(json.html).toContain('Sign out everywhere else');
    expect(json.html).not.toMatch(/style=|onclick=/);
  });

  it('ends all other sessions at once', async () => {
    const { browser, email } = await signedIn();
    const others = [new Browser(port), new Browser(port)];
    for (const other of others) await enter(other, email, PASSWORD);
    await browser.get('/account');
    expect((await browser.post('/account/sessions/end-others')).location).toBe('/account?done=sessions');
    for (const other of others) expect((await other.get('/account')).status).toBe(303);
    expect((await browser.get('/account?done=sessions')).json.html).toContain('Every other browser is signed out.');
  });

  it('shows clients their account inside the portal', async () => {
    const { browser } = await signedIn({ role: 'client' });
    expect((await browser.get('/account')).json).toMatchObject({ layout: 'portal' });
  });
});

describe('changing the password', () => {
  const change = async (browser: Browser, present: string, wanted: string) => {
    await browser.get('/account/password');
    return browser.post('/account/password', { present, wanted });
  };

  it('asks for the present one, follows the rules, renews the session and ends the others', async () => {
    const { browser, email } = await signedIn();
    const other = new Browser(port);
    await enter(other, email, PASSWORD);
    expect((await change(browser, 'not my password', NEXT)).json.model?.errors).toEqual({
      present: 'access:password.fault.present',
    });
    expect((await change(browser, PASSWORD, 'too short')).json.model?.errors).toEqual({
      wanted: 'access:password.fault.short',
    });
    expect((await change(browser, PASSWORD, 'passwordpassword')).json.model?.errors).toEqual({
      wanted: 'access:password.fault.common',
    });
    expect((await change(browser, PASSWORD, `${email} 2026 !`)).json.model?.errors).toEqual({
      wanted: 'access:password.fault.context',
    });
    const before = browser.jar.get('sid');
    expect((await change(browser, PASSWORD, NEXT)).location).toBe('/account?done=password');
    expect(browser.jar.get('sid')).not.toBe(before);
    expect((await browser.get('/account')).status).toBe(200);
    expect((await other.get('/account')).status).toBe(303);
    expect(await enter(other, email, PASSWORD)).toBeNull();
    expect(await enter(other, email, NEXT)).toBe('/today');
  });

  it('never shows or keeps what was typed', async () => {
    const { browser } = await signedIn();
    const answer = await change(browser, 'wrong present words', 'wanted words that are long');
    expect(answer.text).not.toMatch(/wrong present words|wanted words that are long/);
  });
});

describe('the authenticator', () => {
  it('is set up with a password, a picture and a first code; the same code does not sign in again', async () => {
    const { browser, email, id } = await signedIn();
    const other = new Browser(port);
    await enter(other, email, PASSWORD);
    await browser.get('/account/authenticator');
    expect((await browser.get('/account/authenticator/qr.svg')).status).toBe(404);
    expect((await browser.post('/account/authenticator', { password: 'wrong words here' })).status).toBe(422);
    expect((await browser.post('/account/authenticator', { password: PASSWORD })).status).toBe(303);
    const page = await browser.get('/account/authenticator');
    const secret = String(page.json.model?.secret).replaceAll(' ', '');
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const picture = await browser.get('/account/authenticator/qr.svg');
    expect([picture.status, picture.headers.get('content-type'), picture.headers.get('cache-control')]).toEqual([
      200,
      'image/svg+xml; charset=utf-8',
      'no-store',
    ]);
    expect(picture.text).toContain('<svg');
    expect((await browser.post('/account/authenticator/confirm', { code: '123456' })).status).toBe(422);
    const code = totpCode(secret, world.clock.at);
    expect((await browser.post('/account/authenticator/confirm', { code })).location).toBe(
      '/account/recovery-codes?next=/account',
    );
    expect((await other.get('/account')).status).toBe(303);
    expect((await browser.get('/account')).json.html).toContain('asked for a code');
    const again = new Browser(port);
    expect(await enter(again, email, PASSWORD)).toBe('/sign-in/code');
    await again.get('/sign-in/code');
    expect((await again.post('/sign-in/code', { code })).status).toBe(422);
    world.clock.at = new Date(world.clock.at.getTime() + 60_000);
    expect((await again.post('/sign-in/code', { code: totpCode(secret, world.clock.at) })).location).toBe('/today');
    const stored = JSON.stringify(await world.dataSource.query('SELECT * FROM core.account WHERE id = $1', [id]));
    expect(stored).not.toContain(secret);
  });

  it('lets a shorter password stand beside it, and does not go while the password is short', async () => {
    const secret = newTotpSecret();
    const { browser } = await signedIn({ totpSecret: secret, password: 'tin whis' });
    await browser.get('/account/authenticator');
    const short = await browser.post('/account/authenticator/remove', {
      password: 'tin whis',
      last: totpCode(secret, world.clock.at),
    });
    expect(short.json.model?.removeErrors).toEqual({ password: 'access:authenticator.fault.short' });
    await browser.get('/account/password');
    expect((await browser.post('/account/password', { present: 'tin whis', wanted: NEXT })).status).toBe(303);
    await browser.get('/account/authenticator');
    const wrong = await browser.post('/account/authenticator/remove', { password: NEXT, last: '000000' });
    expect(wrong.json.model?.removeErrors).toEqual({ last: 'access:authenticator.fault.code' });
    const done = await browser.post('/account/authenticator/remove', {
      password: NEXT,
      last: totpCode(secret, world.clock.at),
    });
    expect(done.location).toBe('/account?done=authenticator-off');
  });

  it('forgets a secret that was shown and not confirmed within a quarter of an hour', async () => {
    const { browser } = await signedIn({ role: 'client' });
    await browser.get('/account/authenticator');
    await browser.post('/account/authenticator', { password: PASSWORD });
    expect((await browser.get('/account/authenticator')).json.model?.step).toBe('scan');
    world.clock.at = new Date(world.clock.at.getTime() + 16 * 60_000);
    expect((await browser.get('/account/authenticator')).json.model?.step).toBe('start');
  });
});

it('keeps one account per address, whatever its case', async () => {
  const { email } = await signedIn();
  await expect(
    world.app.get(AccountService).create(systemPrincipal('test'), {
      role: 'client',
      email: ` ${email.toUpperCase()}`,
      password: PASSWORD,
      personId: null,
      timeZone: 'UTC',
    }),
  ).rejects.toThrow(/access.email-taken/);
});

it('writes an audit row for every change, with no address, code or name in it', () => {
  const actions = new Set(world.audit.map(({ entry }) => entry.action));
  for (const action of [
    'account.create',
    'account.password',
    'authenticator.begin',
    'authenticator.confirm',
    'authenticator.remove',
    'session.start',
    'session.refuse',
  ])
    expect(actions).toContain(action);
  expect(JSON.stringify(world.audit.map(({ entry }) => entry))).not.toMatch(/care\.example|own\d|swans|lantern/);
});

describe('POST /names', () => {
  it('keeps the wish with the account, for every later page and browser, and leads back within this site', async () => {
    const { browser, id } = await signedIn();
    const hidden = async (): Promise<boolean> =>
      (await world.dataSource.query('SELECT names_hidden FROM core.account WHERE id = $1', [id]))[0].names_hidden;
    await browser.get('/account');
    const on = await browser.post('/names', { hidden: 'yes', back: '/account?x=1' });
    expect([on.status, on.location, await hidden()]).toEqual([303, '/account?x=1', true]);
    const off = await browser.post('/names', { hidden: 'no', back: 'https://elsewhere.example/' });
    expect([off.location, await hidden()]).toEqual(['/today', false]);
    expect(world.audit.filter(({ entry }) => entry.action === 'names.display')).toHaveLength(2);
  });
});
