import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { Coturn, hasCoturn } from '../../plugins/video-direct/test/support/coturn.js';
import { launchBrowser } from '../support/browser.js';
import { TestServer } from '../support/server.js';
import { meet } from './door-walk.js';

if (!hasCoturn)
  process.stderr.write('not run: a session through a relay, because no "turnserver" (coturn) is installed\n');

(hasCoturn ? describe : describe.skip)('a session through a relay and nothing else', () => {
  let coturn: Coturn;
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    coturn = await Coturn.start();
    const env = {
      ALCOVE_TURN_URLS: coturn.urls.join(','),
      ALCOVE_TURN_SECRET: coturn.secret,
      ALCOVE_PLUGIN_VIDEO_DIRECT_RELAY_ONLY: '1',
    };
    browser = await launchBrowser();
    server = await TestServer.start({ env });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await coturn?.stop();
  }, 60_000);

  it('carries pictures and sound with addresses of the relay only', async () => {
    const scene = { url: server.url, ...server.demo.session, clinician: server.account('clinician') };
    const { stats, client, clinician, sinceAdmit } = await meet(browser, scene);
    for (const each of stats) expect(each).toMatchObject({ pair: 'relay/relay', dtls: 'connected', errors: [] });
    for (const visitor of [client, clinician]) expect(visitor.complaints).toEqual([]);
    process.stderr.write(`through the relay: first decoded picture ${Math.round(sinceAdmit)} ms after Admit\n`);
  }, 60_000);
});
