import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchBrowser, mediaFlows, Visitor } from '../support/browser.js';
import { tabTo } from '../support/pages.js';
import { TestServer } from '../support/server.js';
import { answer, enterWaitingRoom } from './door-walk.js';

/** The main jobs without a pointer, and without scripts. */
describe('other ways to do the main jobs', () => {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await TestServer.start();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  /** A day some weeks ahead, as a date field holds it. */
  const dayAhead = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

  describe('without scripts', () => {
    let clinician: Visitor;
    let client: Visitor;
    const withoutScripts = (): Promise<Visitor> => Visitor.open(browser, server.url, { javaScriptEnabled: false });

    it('signs in, and says what does not fit', async () => {
      clinician = await withoutScripts();
      const { page } = clinician;
      await clinician.go('/today');
      await page.getByLabel('Email').fill(server.account('clinician').email);
      await page.getByLabel('Password').fill('something else');
      await clinician.press('Continue');
      await clinician.sees('do not fit together');
      expect(await page.getByLabel('Email').inputValue()).toBe(server.account('clinician').email);
      await page.getByLabel('Password').fill(server.account('clinician').password);
      await clinician.press('Continue');
      await page.waitForURL(/\/today$/);
    }, 30_000);

    it('books, moves and cancels', async () => {
      const { page } = clinician;
      await clinician.go('/appointments/new');
      await page.locator('main .rows a').first().click();
      await page.getByLabel('Day').fill(dayAhead(40));
      await page.getByLabel(/^Starts/).fill('06:10');
      await clinician.press('Book this time');
      await page.waitForURL(/\/appointments\/[0-9a-f-]{36}$/);
      await page.getByLabel(/^Starts/).fill('06:40');
      await clinician.press('Move it');
      await clinician.sees(/6:40\sAM/);
      await page.getByLabel('Reason').selectOption({ label: 'The client asked' });
      await clinician.press('Cancel this appointment');
      await clinician.sees('This appointment is over or cancelled');
    }, 30_000);

    it('waits, and admits', async () => {
      client = await withoutScripts();
      await client.go(server.demo.session.clientUrl);
      // The words of a noscript element are no text for `sees`.
      await client.page.locator('noscript .notice').waitFor();
      await client.press('Continue');
      await client.press('Enter the waiting room');
      await client.sees('Write where you are');
      await answer(client);
      await client.press('Enter the waiting room');
      await client.page.waitForURL(/\/waiting$/);
      await clinician.go('/clients');
      await clinician.sees('1 waiting');
      await clinician.press('Admit');
      await clinician.page.waitForURL(server.demo.session.clinicianUrl);
      await client.page.locator('noscript a[href$="/waiting"]').click();
      await client.page.waitForURL(/\/room$/);
      await client.page.locator('noscript .notice').waitFor();
      await client.press('Leave');
      await client.sees('You have left the session');
      await client.close();
      await clinician.close();
    }, 40_000);
  });

  describe('with the keyboard alone', () => {
    let clinician: Visitor;

    it('signs in', async () => {
      clinician = await Visitor.open(browser, server.url);
      const { page } = clinician;
      const account = server.account('clinician');
      await clinician.go('/sign-in');
      await tabTo(page, 'textbox', 'Email');
      await page.keyboard.type(account.email);
      await tabTo(page, 'textbox', 'Password');
      await page.keyboard.type(account.password);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/today$/);
    }, 30_000);

    it('skips to the content', async () => {
      const { page } = clinician;
      await clinician.go('/today');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
    });

    it('books', async () => {
      const { page } = clinician;
      await clinician.go('/calendar');
      await tabTo(page, 'link', 'Book');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/appointments\/new/);
      const first = (await page.locator('main .rows a').first().textContent()) ?? '';
      await tabTo(page, 'link', first);
      await page.keyboard.press('Enter');
      await page.getByLabel('Day').waitFor();
      const [year, month, day] = dayAhead(41).split('-');
      await tabTo(page, 'textbox', 'Day');
      await page.keyboard.type(`${month}${day}${year}`);
      await tabTo(page, 'textbox', /^Starts/);
      await page.keyboard.type('0620AM');
      await tabTo(page, 'button', 'Book this time');
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/appointments\/[0-9a-f-]{36}$/);
      await clinician.sees(/6:20\sAM/);
    }, 40_000);

    it('admits, meets and ends', async () => {
      const { page } = clinician;
      const client = await Visitor.open(browser, server.url);
      await clinician.go('/clients');
      await enterWaitingRoom(client, server.demo.session.clientUrl);
      await clinician.sees('1 waiting');
      await tabTo(page, 'button', 'Admit');
      await page.keyboard.press('Enter');
      await client.page.waitForURL(/\/room$/);
      await mediaFlows([page, client.page]);
      await tabTo(page, 'button', 'Mute');
      await page.keyboard.press('Space');
      expect(await page.getByRole('button', { name: 'Mute', exact: true }).getAttribute('aria-pressed')).toBe('true');
      await tabTo(page, 'button', 'End session');
      await page.keyboard.press('Enter');
      await tabTo(page, 'button', 'End it for everyone');
      await page.keyboard.press('Enter');
      await clinician.sees('Measured time');
      await client.sees('This session has ended');
    }, 60_000);

    it('fails where a control is out of reach', async () => {
      const { page } = clinician;
      await clinician.go('/clients');
      await page
        .getByRole('link', { name: 'Today' })
        .first()
        .evaluate((link) => link.setAttribute('tabindex', '-1'));
      await expect(tabTo(page, 'link', 'Today')).rejects.toThrow('Tab never reached');
    }, 40_000);
  });
});
