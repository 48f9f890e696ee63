import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { callStats, launchBrowser, mediaFlows } from '../support/browser.js';
import { until } from '../support/processes.js';
import { startPair, type Pair } from '../support/server.js';
import { meet, type Meeting } from './door-walk.js';

/** Every request goes to the other server than the one before it, so whatever one of them kept to itself would be missed at once. */
describe('two servers on one database, behind a round-robin proxy', () => {
  let pair: Pair;
  let browser: Browser;
  let meeting: Meeting;

  beforeAll(async () => {
    browser = await launchBrowser();
    pair = await startPair();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await pair?.stop();
  }, 60_000);

  it('bring two browsers together', async () => {
    const [first] = pair.servers;
    meeting = await meet(browser, { url: pair.url, ...first.demo.session, clinician: first.account('clinician') });
    for (const stats of meeting.stats) expect(stats).toMatchObject({ dtls: 'connected', errors: [] });
    for (const { port } of pair.servers) expect(pair.proxy.counts.get(port)).toBeGreaterThan(20);
    process.stderr.write(`two servers: first decoded picture ${Math.round(meeting.sinceAdmit)} ms after Admit\n`);
  }, 60_000);

  it('keep the call when one of them dies, and the pages find the other', async () => {
    const pages = [meeting.clinician.page, meeting.client.page];
    const [first, second] = pair.servers;
    const before = await mediaFlows(pages);
    pair.proxy.backends.splice(0, 2, first.port);
    await second.kill9();
    const after = await mediaFlows(pages);
    after.forEach((stats, at) => expect(stats).toMatchObject({ restarts: before[at].restarts, resets: 0 }));
    await pages[1].reload();
    await mediaFlows(pages, 30_000);
    await second.begin();
    pair.proxy.backends.push(second.port);
  }, 90_000);

  it('end the session for both', async () => {
    const { clinician, client } = meeting;
    await clinician.press('End session');
    await clinician.press('End it for everyone');
    await clinician.sees('Measured time');
    await client.sees('This session has ended');
    await until('no meeting is left', async () => (await callStats(client.page)) === null);
    for (const visitor of [clinician, client]) expect(visitor.strangers).toEqual([]);
  }, 40_000);
});
