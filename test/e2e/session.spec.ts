import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { callStats, dropSocket, launchBrowser, mediaFlows, Visitor } from '../support/browser.js';
import { until } from '../support/processes.js';
import { TestServer } from '../support/server.js';
import { answer, enterWaitingRoom, meet, type Meeting } from './door-walk.js';

/** One session from the link to the measured minutes, in the order in which people live it: each test goes on where the last one ended. */
describe('a session on video', () => {
  let server: TestServer;
  let browser: Browser;
  let meeting: Meeting;
  let phone: Visitor;

  beforeAll(async () => {
    browser = await launchBrowser();
    server = await TestServer.start();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  }, 60_000);

  const pages = (): [Page, Page] => [meeting.clinician.page, meeting.client.page];
  const everybody = (): Visitor[] => [meeting.clinician, meeting.client];

  it('brings two browsers together: pictures and sound arrive on both sides', async () => {
    const { url, demo } = server;
    meeting = await meet(browser, { url, ...demo.session, clinician: server.account('clinician') });
    for (const stats of meeting.stats) {
      expect(stats.video.framesDecoded).toBeGreaterThan(0);
      expect(stats.audio.packetsReceived).toBeGreaterThan(0);
      expect(stats).toMatchObject({ dtls: 'connected', connection: 'connected', errors: [] });
    }
    const [link, admit] = [meeting.sinceLink, meeting.sinceAdmit].map(Math.round);
    process.stderr.write(`first decoded picture ${link} ms after opening the link, ${admit} ms after Admit\n`);
    expect(meeting.sinceAdmit).toBeLessThan(10_000);
  }, 60_000);

  it('shows the clinician where the client is', async () => {
    await meeting.clinician.sees('220 Juniper Way, Boise, Idaho');
    await meeting.clinician.sees('Dana, mother, (208) 555-0117');
  });

  it('carries chat between the two, and keeps it nowhere', async () => {
    const { clinician, client } = meeting;
    await clinician.press('Chat');
    await clinician.page.getByLabel('Message', { exact: true }).fill('Can you hear the fountain');
    await clinician.press('Send');
    await client.press('Chat, 1 new');
    await client.sees('Can you hear the fountain');
    await client.page.getByLabel('Message', { exact: true }).fill('Only the birds');
    await client.press('Send');
    await clinician.sees('Only the birds');
  });

  it.each([['clinician', 0] as const, ['client', 1] as const])(
    'comes straight back when the %s reloads',
    async (_, at) => {
      await pages()[at].reload();
      await mediaFlows(pages());
      expect(await pages()[at].getByText('Can you hear the fountain').count()).toBe(0);
      await expectNobodyWaits(meeting.clinician);
    },
    40_000,
  );

  it.each([['clinician', 0] as const, ['client', 1] as const])(
    'goes on while the line of the %s to the server is lost, and gets it back',
    async (_, at) => {
      const before = await mediaFlows(pages());
      await dropSocket(pages()[at]);
      await until('a new line', async () => ((await callStats(pages()[at]))?.sockets ?? 0) > before[at].sockets);
      await expectUninterrupted(before);
    },
    40_000,
  );

  it('nobody complained so far', () => {
    for (const visitor of everybody()) {
      expect(visitor.complaints).toEqual([]);
      expect(visitor.strangers).toEqual([]);
    }
  });

  it('goes on while the server restarts in mid-call, and the pages recover', async () => {
    const before = await mediaFlows(pages());
    expect(await server.end()).toBe(0);
    // The server is gone: pictures and sound still come.
    await expectUninterrupted(before);
    await server.begin();
    const haveLines = async (): Promise<boolean> => {
      const now = await Promise.all(pages().map(callStats));
      return now.every((stats, at) => (stats?.sockets ?? 0) > before[at].sockets);
    };
    const back = performance.now();
    await until('both have a new line', haveLines, 30_000);
    process.stderr.write(`pages back ${Math.round(performance.now() - back)} ms after the server was ready again\n`);
    await expectUninterrupted(before);
    // A refused connection is a console error that no page can keep quiet.
    for (const { complaints } of everybody()) {
      expect(complaints.filter((text) => !/ERR_|WebSocket|Failed to load resource/.test(text))).toEqual([]);
    }
    for (const visitor of everybody()) visitor.forget();
  }, 90_000);

  it('lets the clinician leave and come back', async () => {
    const { clinician } = meeting;
    await clinician.press('Leave');
    await clinician.page.waitForURL(/\/today/);
    await clinician.go(server.demo.session.clinicianUrl);
    await mediaFlows(pages());
  }, 40_000);

  it('lets the client leave and come back without a new admission', async () => {
    const { client } = meeting;
    await client.press('Leave');
    await client.sees('You have left the session');
    await client.page.getByRole('link', { name: 'Back to the session' }).click();
    await client.page.waitForURL(/\/room$/);
    await mediaFlows(pages());
  }, 40_000);

  it('is open in one tab only, and either may have it', async () => {
    const { client } = meeting;
    const tab = await client.context.newPage();
    await tab.goto(server.demo.session.clientUrl);
    await tab.getByText('This session is open in another tab').waitFor();
    await tab.getByRole('button', { name: 'Use this tab' }).click();
    await mediaFlows([meeting.clinician.page, tab]);
    await client.sees('This session is open in another tab');
    await tab.close();
    await client.press('Use this tab');
    await mediaFlows(pages());
  }, 60_000);

  it('lets a second device wait for its own admission, and tells the clinician, although the server was restarted', async () => {
    const { clinician, client } = meeting;
    phone = await Visitor.open(browser, server.url, { viewport: { width: 390, height: 780 } });
    await enterWaitingRoom(phone, server.demo.session.clientUrl);
    await clinician.sees('second device');
    expect(await callStats(phone.page)).toBeNull();
    await clinician.press('Admit');
    await phone.page.waitForURL(/\/room$/);
    await mediaFlows([clinician.page, phone.page]);
    await client.sees('The session goes on on your other device');
  }, 60_000);

  it('offers the phone number to the clinician when the client is gone without a word', async () => {
    const { clinician } = meeting;
    await phone.close();
    await clinician.sees('You are not connected right now', 30_000);
    expect(await clinician.page.locator('[data-fallback-phones] a').getAttribute('href')).toMatch(/^tel:/);
  }, 60_000);

  it('ends for everybody, with the minutes of each person', async () => {
    const { clinician, client } = meeting;
    await client.page.getByRole('link', { name: 'Use this device instead' }).click();
    await answer(client);
    await client.press('Enter the waiting room');
    await clinician.press('Admit');
    await mediaFlows(pages());
    await clinician.press('End session');
    await clinician.press('End it for everyone');
    await clinician.sees('Measured time');
    const people = clinician.page.locator('main li');
    expect(await people.count()).toBe(2);
    for (const person of await people.all())
      expect(await person.textContent()).toMatch(/\d+:\d+.*to.*\d+:\d+.*\d+ minute/s);
    await client.sees('This session has ended');
  }, 60_000);

  it('has a kind page for a link of a session that has ended', async () => {
    const { client } = meeting;
    await client.go(server.demo.session.clientUrl);
    await client.sees('This session has ended');
    const late = await Visitor.open(browser, server.url);
    await late.go(`${server.demo.session.clientUrl}/room`);
    await late.sees('This session has ended');
    await late.close();
  });

  it('has a kind page for a staff member who opens a client’s link', async () => {
    await meeting.clinician.go(server.demo.session.clientUrl);
    await meeting.clinician.sees(/You are signed in as staff|This session has ended/);
  });

  it('has kind pages for somebody early, and for a cancelled session', async () => {
    const { client, clinician } = meeting;
    const account = server.account('client');
    await client.signIn(account);
    const join = await client.page.getByRole('link', { name: 'Join' }).first().getAttribute('href');
    await client.go(String(join));
    await client.sees('You are early');
    await clinician.go(`/clients?q=${encodeURIComponent(account.name)}`);
    await clinician.page.getByRole('link', { name: account.name }).first().click();
    await firstToCancel(clinician);
    await clinician.page.getByLabel('Reason').selectOption({ label: 'The client asked' });
    await clinician.press('Cancel this appointment');
    await client.go(String(join));
    await client.sees('This session was cancelled');
  }, 40_000);

  it('nobody complained to the end, and no page asked anybody else for anything', async () => {
    for (const visitor of everybody()) {
      expect(visitor.complaints).toEqual([]);
      expect(visitor.strangers).toEqual([]);
    }
    expect(await server.metric('alcove_csp_reports_total')).toBe(0);
    expect(server.process.output()).not.toMatch(/"level":[456]0/);
  });

  /** The same call: pictures and sound went on, and nothing was negotiated anew. */
  async function expectUninterrupted(before: Awaited<ReturnType<typeof mediaFlows>>): Promise<void> {
    const after = await mediaFlows(pages());
    after.forEach((stats, at) => {
      expect(stats).toMatchObject({
        connection: 'connected',
        restarts: before[at].restarts,
        resets: before[at].resets,
      });
      expect(stats.video.framesDecoded).toBeGreaterThan(before[at].video.framesDecoded);
    });
  }

  /** From a chart to its next appointment that is still to come; the session of this file stands there too, but it has been held. */
  async function firstToCancel({ page }: Visitor): Promise<void> {
    const links = await page.locator('main a[href^="/appointments/"]').all();
    const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
    for (const address of addresses) {
      await page.goto(new URL(String(address), server.url).href);
      if (await page.getByLabel('Reason').isVisible()) return;
    }
    throw new Error('this chart has no appointment to cancel');
  }

  async function expectNobodyWaits({ page }: Visitor): Promise<void> {
    await page.getByText('Nobody is waiting.').waitFor();
    expect(await page.getByRole('button', { name: 'Admit', exact: true }).count()).toBe(0);
  }
});
