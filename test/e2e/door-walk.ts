import type { Browser } from 'playwright-core';
import { callStats, mediaFlows, Visitor, type CallStats } from '../support/browser.js';
import type { DemoAccount } from '../../src/demo/demo-file.js';

/** What a session between a clinician and a client needs, whatever stands between them and the server. */
export interface Scene {
  readonly url: string;
  readonly clinicianUrl: string;
  readonly clientUrl: string;
  readonly clinician: DemoAccount;
}

export interface Meeting {
  readonly clinician: Visitor;
  readonly client: Visitor;
  readonly stats: CallStats[];
  /** Milliseconds from the client opening the link, and from the press on *Admit*, to the client's first decoded picture. */
  readonly sinceLink: number;
  readonly sinceAdmit: number;
}

/** The client's way from the link into the waiting room. */
export async function enterWaitingRoom(client: Visitor, link: string): Promise<void> {
  const { page } = client;
  await client.go(link);
  await page.locator('[data-camera-state]').filter({ hasText: 'Works' }).waitFor();
  await client.press('Continue');
  await answer(client);
  await client.press('Enter the waiting room');
  await page.waitForURL(/\/waiting$/);
}

/** Where they are, whether they are alone, whom to call. */
export async function answer({ page }: Visitor): Promise<void> {
  await page.getByLabel('Street address').fill('220 Juniper Way, Boise, Idaho');
  await page.getByLabel('I am alone').check();
  await page.getByLabel('Someone we may call').fill('Dana, mother, (208) 555-0117');
  await page.getByLabel('If the video fails').fill('(208) 555-0188');
}

/** Both in their own browsers, from the sign-in to pictures and sound on both sides. The clinician is on another page when the client comes. */
export async function meet(browser: Browser, scene: Scene): Promise<Meeting> {
  const clinician = await Visitor.open(browser, scene.url);
  const client = await Visitor.open(browser, scene.url);
  await clinician.signIn(scene.clinician);
  await clinician.go('/clients');
  const opened = performance.now();
  await enterWaitingRoom(client, scene.clientUrl);
  await clinician.sees('1 waiting');
  const admitted = performance.now();
  await clinician.press('Admit');
  await clinician.page.waitForURL(scene.clinicianUrl);
  await client.page.waitForURL(/\/room$/);
  await firstPicture(client);
  const first = performance.now();
  const stats = await mediaFlows([clinician.page, client.page]);
  return { clinician, client, stats, sinceLink: first - opened, sinceAdmit: first - admitted };
}

async function firstPicture({ page }: Visitor, ms = 20_000): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end; await page.waitForTimeout(20)) {
    if (((await callStats(page))?.video.framesDecoded ?? 0) > 0) return;
  }
  throw new Error(`no picture within ${ms} ms: ${JSON.stringify(await callStats(page))}`);
}
