import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { AccountService } from '../../src/features/access/public.js';
import { People } from '../../src/features/people/public.js';
import { systemPrincipal } from '../../src/platform/access/principal.js';
import { Work } from '../../src/platform/work/work.js';
import { bootApp, type BootedApp } from '../support/app.js';
import { launchBrowser, Visitor } from '../support/browser.js';
import { freePort } from '../support/free-port.js';
import { IdentityProvider, providerEnv } from '../support/identity-provider.js';
import { faultsOf } from '../support/pages.js';

const PASSWORD = 'seven quiet otters in a row';
const OWNER = 'ines.okafor@care.example';

let browser: Browser;
let booted: BootedApp;
let idp: IdentityProvider;

beforeAll(async () => {
  const port = await freePort();
  booted = await bootApp({ env: providerEnv(`http://127.0.0.1:${port}`) });
  idp = await IdentityProvider.start([`${booted.url}/sign-in/single-sign-on/callback`], port);
  browser = await launchBrowser();
  const { app } = booted;
  const test = systemPrincipal('test');
  const personId = await app
    .get(Work, { strict: false })
    .run(test, (tx) =>
      app.get(People, { strict: false }).createStaffInside(tx, { legalName: 'Ines Okafor', timeZone: 'UTC' }),
    );
  await app
    .get(AccountService, { strict: false })
    .create(test, { role: 'owner', email: OWNER, password: PASSWORD, personId, timeZone: 'UTC' });
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await booted?.close();
  await idp?.close();
});

/** Faults of the page that are ours; the provider's own pages are not looked at. */
async function look(visitor: Visitor): Promise<string[]> {
  visitor.strangers.length = 0;
  return faultsOf(visitor);
}

describe('single sign-on in a browser', () => {
  it('goes to the provider and back, asks once whether it is them, and is enough from then on', async () => {
    const visitor = await Visitor.open(browser, booted.url);
    idp.person = { sub: 'ines', email: OWNER, email_verified: true, name: 'Ines Okafor', groups: ['heads'] };
    await visitor.go('/sign-in');
    expect(await look(visitor)).toEqual([]);
    await visitor.press('Sign in with Practice ID');
    await visitor.sees('Once more, the way you know');
    expect(await look(visitor)).toEqual([]);
    await visitor.page.getByRole('link', { name: 'Sign in' }).click();
    await visitor.page.getByLabel('Email').fill(OWNER);
    await visitor.page.getByLabel('Password').fill(PASSWORD);
    await visitor.press('Continue');
    await visitor.sees('Is this you?');
    expect(await look(visitor)).toEqual([]);
    await visitor.press('Yes, use it for this account');
    await visitor.sees('From now on you can sign in this way.');
    expect(await look(visitor)).toEqual([]);

    await visitor.go('/admin/single-sign-on');
    await visitor.page.getByLabel('Group', { exact: true }).fill('heads');
    await visitor.page.getByLabel('Role', { exact: true }).selectOption('owner');
    await visitor.press('Add group');
    await visitor.sees('The group is saved.');
    expect(await look(visitor)).toEqual([]);

    const other = await Visitor.open(browser, booted.url);
    await other.go('/sign-in?next=/admin/single-sign-on');
    await other.press('Sign in with Practice ID');
    await other.page.waitForURL((url) => url.pathname === '/admin/single-sign-on');
    await Promise.all([visitor.close(), other.close()]);
  }, 60_000);

  it('refuses a stranger kindly', async () => {
    const visitor = await Visitor.open(browser, booted.url);
    idp.person = { sub: 'stranger', email: 'stranger@else.example', email_verified: true, name: 'Some One' };
    await visitor.go('/sign-in');
    await visitor.press('Sign in with Practice ID');
    await visitor.sees('This did not let you in');
    visitor.forget();
    expect(await look(visitor)).toEqual([]);
    await visitor.close();
  }, 30_000);
});
