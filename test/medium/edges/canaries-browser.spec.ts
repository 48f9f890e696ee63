import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BrowserContext, Page } from 'playwright-core';
import { AccountService } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { launchProfile } from '../../support/browser.js';
import { HttpPerson } from '../../support/http-person.js';
import { SmallPractice, ZONE } from '../../support/small-practice.js';
import { Canaries } from './support/canaries.js';

/** Folders of a browser's profile that pages can put something into, and the cache. */
const PAGES_WRITE = /Cache|Local Storage|Session Storage|IndexedDB|Service Worker|File System|blob_storage|WebStorage/;
/** What one types into a search box stands in the address of the page with what was found, and nowhere else. */
const SEARCHED = 'search';

/** What a browser sends along and keeps, from signing in to after signing out. */
describe('canaries in a browser', () => {
  const canaries = new Canaries();
  const profile = mkdtempSync(path.join(os.tmpdir(), 'alcove-profile-'));
  const addresses: string[] = [];
  const referers: string[] = [];
  let booted: BootedApp;
  let context: BrowserContext;
  let page: Page;
  let chart: string;

  beforeAll(async () => {
    booted = await bootApp();
    const practice = await SmallPractice.of(booted);
    const clinician = await practice.add('clinician');
    const email = `${canaries.of('email')}@care.example`;
    const password = `A long one ${canaries.of('password')}`;
    await practice.get(AccountService).create(systemPrincipal('test'), {
      role: 'clinician',
      email,
      password,
      personId: clinician.personId,
      timeZone: ZONE,
    });
    context = await launchProfile(profile);
    context.setDefaultTimeout(15_000);
    context.on('request', (request) => {
      addresses.push(request.url());
      referers.push(request.headers().referer ?? '');
    });
    page = await context.newPage();
    await page.goto(`${booted.url}/sign-in`);
    await page.locator('input[name=email]').fill(email);
    await page.locator('input[name=password]').fill(password);
    await page.locator('form:has(input[name=password]) button[type=submit]').click();
    await page.waitForURL(/\/today/);
    await workday();
  }, 120_000);
  afterAll(async () => {
    await context?.close();
    await booted?.close();
    rmSync(profile, { recursive: true, force: true });
  });

  /** A new client, their chart, a search, one's own account, and the clicks of an ordinary day. */
  async function workday(): Promise<void> {
    await page.goto(`${booted.url}/clients/new`);
    for (const name of ['legalName', 'chosenName', 'pronouns', 'email'])
      await page.locator(`input[name=${name}]`).fill(canaries.of(name) + (name === 'email' ? '@care.example' : ''));
    await page.locator('main form button[type=submit]').last().click();
    await page.waitForURL(/\/clients\/[0-9a-f-]{36}/);
    chart = page.url();
    await page.goto(`${booted.url}/clients`);
    await page.locator('main input[type=search]').fill(canaries.of(SEARCHED));
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=/);
    for (const address of ['/account', '/account/email', '/calendar', '/notices', '/today', chart])
      await page.goto(new URL(address, booted.url).href);
    expect(canaries.in(await page.content())).toContain('legalName');
  }

  /** Everything a page of this site can read back. */
  const kept = async (): Promise<string> =>
    `${JSON.stringify(await context.cookies())} ${await page.evaluate(async () => {
      const found: unknown[] = [
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        window.name,
        history.state,
      ];
      for (const { name } of await indexedDB.databases()) found.push(name);
      for (const key of await caches.keys()) {
        const cache = await caches.open(key);
        for (const request of await cache.keys()) found.push(request.url, await (await cache.match(request))?.text());
      }
      found.push((await navigator.serviceWorker.getRegistrations()).length);
      return JSON.stringify(found);
    })}`;

  it('are in no address but that of a search, and in no Referer at all', () => {
    expect(addresses.length).toBeGreaterThan(20);
    expect(canaries.in(addresses.join('\n'))).toEqual([SEARCHED]);
    expect(addresses.filter((address) => canaries.in(address).length > 0 && !address.includes('/clients?q='))).toEqual(
      [],
    );
    expect(referers.filter((referer) => referer !== '')).toEqual([]);
  });

  it('are in nothing that a page keeps while one is signed in', async () => {
    expect(canaries.in(await kept())).toEqual([]);
  });

  it('are gone after signing out, also for the button that goes back', async () => {
    const before = await context.cookies();
    expect(before.some(({ httpOnly }) => !httpOnly)).toBe(false);
    await page.evaluate(() => localStorage.setItem('left', 'by a plugin'));
    await page.goto(`${booted.url}/account`);
    await page.locator('form[action="/sign-out"] button').click();
    await page.waitForURL(/\/sign-in/);
    const after = await kept();
    expect(canaries.in(after)).toEqual([]);
    expect(after).not.toContain('by a plugin');
    const lived = before.filter(({ name }) => name.endsWith('sid')).map(({ value }) => value);
    expect(lived.length).toBeGreaterThan(0);
    // The cookie may stay; what it stood for may not.
    for (const value of lived) {
      const person = new HttpPerson(booted.url);
      person.jar.set('sid', value);
      expect((await person.get('/today')).location).toMatch(/^\/sign-in/);
    }
    await page.goBack();
    expect(canaries.in(await page.content())).toEqual([]);
    expect(page.url()).toMatch(/\/sign-in/);
  });

  it('would be found where a page keeps things (planted leaks)', async () => {
    const canary = canaries.of('legalName');
    await page.evaluate((word) => sessionStorage.setItem('draft', word), canary);
    expect(canaries.in(await kept())).toEqual(['legalName']);
    await page.evaluate((word) => {
      sessionStorage.clear();
      localStorage.setItem('draft', btoa(word));
    }, canary);
    expect(canaries.in(await kept())).toEqual(['legalName']);
    await page.evaluate(async (word) => {
      localStorage.clear();
      await (await caches.open('draft')).put('/draft', new Response(word));
    }, canary);
    expect(canaries.in(await kept())).toEqual(['legalName']);
    await page.evaluate(() => caches.delete('draft'));
    addresses.push(`${booted.url}/clients/${canary}`);
    expect(canaries.in(addresses.join('\n'))).toContain('legalName');
  });

  it('are in no file of the profile that pages or the cache write', async () => {
    await context.close();
    const files = readdirSync(profile, { recursive: true })
      .map((name) => path.join(profile, String(name)))
      .filter((file) => PAGES_WRITE.test(file) && statSync(file).isFile());
    expect(files.length).toBeGreaterThan(0);
    // Those of the planted leaks before this are of one kind.
    const kinds = new Set(files.flatMap((file) => canaries.in(readFileSync(file, 'latin1'))));
    expect([...kinds].filter((kind) => kind !== 'legalName')).toEqual([]);
  });
});
