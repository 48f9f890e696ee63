import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import { AccountService, STAFF_ROLES, totpCode } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { RouteTable } from '../../../src/platform/http/route-table.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { concrete } from '../matrix/matrix-world.js';
import { accessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';
import { Cast, PASSWORD, PROBES, signIn } from './support/cast.js';
import { enter, newAuthenticator, options } from './support/passkeys.js';

const STEP = '/sign-in/second-factor';
let cast: Cast;

beforeAll(async () => {
  cast = new Cast(await accessApp({ controllers: PROBES, staffSecondFactor: 'required' }));
});
afterAll(async () => {
  await cast.world.close();
});

describe('where a second factor is required', () => {
  it.each(STAFF_ROLES)('%s sets one up before anything else', async (role) => {
    const { email, browser } = await cast.person({ role });
    expect((await signIn(browser, email)).location).toBe(STEP);
    for (const path of ['/probe/day', '/account', '/account/again'])
      expect((await browser.get(path)).location).toBe(STEP);
    expect((await browser.get('/sign-in/code')).location).toBe(STEP);
    expect((await browser.get(STEP)).json.model).toMatchObject({ passkeys: true, secret: null });
  });

  it.each(['client', 'guardian'] as const)('%s is never asked', async (role) => {
    const { email, browser } = await cast.person({ role });
    expect((await signIn(browser, email)).location).toBe('/portal');
  });

  it('the app: picture, a code, then a whole session that goes on to recovery codes and to where one wanted to go', async () => {
    const { id, email, browser } = await cast.person();
    await signIn(browser, email, PASSWORD, '/probe/day?x=1');
    await browser.get(STEP);
    expect((await browser.get(`${STEP}/qr.svg`)).status).toBe(404);
    expect((await browser.post(`${STEP}/app`)).location).toBe(STEP);
    expect((await browser.get(`${STEP}/qr.svg`)).headers.get('content-type')).toContain('image/svg+xml');
    const secret = String((await browser.get(STEP)).json.model?.secret).replaceAll(' ', '');
    expect((await browser.post(`${STEP}/code`, { code: '000000' })).status).toBe(422);
    expect((await browser.get('/probe/day')).location).toBe(STEP);
    const before = browser.jar.get('sid');
    const done = await browser.post(`${STEP}/code`, { code: totpCode(secret, cast.world.clock.at) });
    expect(done.location).toBe(`/account/recovery-codes?next=${encodeURIComponent('/probe/day?x=1')}`);
    expect(browser.jar.get('sid')).not.toBe(before);
    expect((await browser.get('/probe/day')).status).toBe(200);
    expect((await browser.get(done.location ?? '')).json.model).toMatchObject({ none: true, next: '/probe/day?x=1' });
    expect((await signIn(cast.browser(), email)).location).toBe('/sign-in/code');
    expect(cast.world.told.filter(({ to }) => 'accounts' in to && to.accounts.includes(id))).toHaveLength(1);
  });

  it('a passkey, which then opens the account', async () => {
    const { email, browser } = await cast.person();
    const key = newAuthenticator();
    await signIn(browser, email);
    await browser.get(STEP);
    const asked = await options<PublicKeyCredentialCreationOptionsJSON>(browser, `${STEP}/passkey/options`);
    const lie = { answer: JSON.stringify(key.create(asked, { userVerified: false })) };
    expect((await browser.post(`${STEP}/passkey`, lie)).status).toBe(422);
    const again = await options<PublicKeyCredentialCreationOptionsJSON>(browser, `${STEP}/passkey/options`);
    const made = await browser.post(`${STEP}/passkey`, { answer: JSON.stringify(key.create(again)) });
    expect(made.location).toBe('/account/recovery-codes?next=%2Ftoday');
    expect((await enter(cast.browser(), key)).location).toBe('/today');
  });

  it('does nothing for visitors, half and whole sessions', async () => {
    const visitor = cast.browser();
    await visitor.get('/sign-in');
    for (const path of ['app', 'code', 'passkey', 'passkey/options'])
      expect((await visitor.post(`${STEP}/${path}`)).location).toBe('/sign-in');
    expect((await visitor.get(`${STEP}/qr.svg`)).location).toBe('/sign-in');
  });

  it('the last second factor stays: the app, and the passkey', async () => {
    const { email, browser } = await cast.person();
    await signIn(browser, email);
    await browser.get(STEP);
    await browser.post(`${STEP}/app`);
    const secret = String((await browser.get(STEP)).json.model?.secret).replaceAll(' ', '');
    await browser.post(`${STEP}/code`, { code: totpCode(secret, cast.world.clock.at) });
    cast.pass(60_000);
    expect((await browser.get('/account/authenticator')).json.model).toMatchObject({ on: true, removable: false });
    const last = totpCode(secret, cast.world.clock.at);
    const removed = await browser.post('/account/authenticator/remove', { password: PASSWORD, last });
    expect([removed.status, removed.json.code]).toEqual([409, 'access.last-factor']);

    const other = await cast.person();
    await signIn(other.browser, other.email);
    await other.browser.get(STEP);
    const asked = await options<PublicKeyCredentialCreationOptionsJSON>(other.browser, `${STEP}/passkey/options`);
    await other.browser.post(`${STEP}/passkey`, { answer: JSON.stringify(newAuthenticator().create(asked)) });
    const [{ id }] = await cast.world.dataSource.query<{ id: string }[]>(
      `SELECT id FROM core.passkey WHERE account_id = $1`,
      [other.id],
    );
    await other.browser.get(`/account/passkeys/${id}`);
    const kept = await other.browser.post(`/account/passkeys/${id}/remove`, { password: PASSWORD });
    expect([kept.status, kept.json.code]).toEqual([409, 'access.last-factor']);
  });
});

describe('a sign-in that waits for its second factor', () => {
  let booted: BootedApp;

  beforeAll(async () => {
    booted = await bootApp({ staffSecondFactor: 'required' });
  });
  afterAll(async () => {
    await booted.close();
  });

  it('opens no route of the whole application but its own step', async () => {
    const email = 'owner@care.example';
    await booted.app.get(AccountService, { strict: false }).create(systemPrincipal('test'), {
      role: 'owner',
      email,
      password: PASSWORD,
      personId: null,
      timeZone: 'UTC',
    });
    const port = Number(new URL(booted.url).port);
    const browser = new Browser(port, {}, booted.url);
    expect((await signIn(browser, email)).location).toBe(STEP);
    await browser.get(STEP);
    const routes = booted.app
      .get(RouteTable, { strict: false })
      .routes()
      .filter(({ policy }) => policy?.kind === 'access');
    expect(routes.length).toBeGreaterThan(60);
    const open: string[] = [];
    for (const { method, path, policy } of routes) {
      const reads = method === 'GET';
      const answer = reads ? await browser.get(concrete(path)) : await browser.post(concrete(path));
      // What is made for programs never takes anybody to a page.
      const keys = policy?.kind === 'access' && policy.keys;
      const led = answer.status === 303 && answer.location === STEP;
      const refused = reads && !keys ? led : answer.status === 401;
      if (!refused) open.push(`${method} ${path}: ${answer.status} ${answer.location}`);
    }
    expect(open).toEqual([]);
    // The same requests are answered otherwise without a session, so it is this session that was refused.
    expect((await new Browser(port, {}, booted.url).get('/account')).location).toBe('/sign-in?next=%2Faccount');
  });
});
