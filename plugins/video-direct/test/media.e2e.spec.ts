import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { turnCredentials } from '../src/turn/turn-credentials.js';
import { eventually, launchBrowser, mediaFlows, Person } from './support/browser.js';
import { Coturn, hasCoturn } from './support/coturn.js';
import { Harness } from './support/harness.js';

const SLOW = 90_000;
let browser: Browser;
let harness: Harness;
let people: Person[] = [];

const enter = async (query: Record<string, string>): Promise<Person> => {
  const person = await Person.open(browser, harness.page({ room: 'r', ...query }));
  people.push(person);
  return person;
};
/** Two people on two server processes, connected. */
const meet = async (): Promise<[Person, Person]> => {
  const anna = await enter({ who: 'anna', process: '0' });
  const ben = await enter({ who: 'ben', process: '1' });
  await Promise.all([anna.until('connected'), ben.until('connected')]);
  return [anna, ben];
};

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
afterEach(async () => {
  const complaints = people.flatMap((person) => person.complaints);
  await Promise.all(people.map((person) => person.close()));
  people = [];
  await harness.stop();
  expect(complaints.filter((text) => !/WebSocket|Failed to load resource/.test(text))).toEqual([]);
});

describe('two browsers on two server processes', () => {
  it(
    'see and hear each other; a lost line does not touch media; negotiations collide and settle; a reload comes back',
    async () => {
      harness = new Harness();
      await harness.start();
      const [anna, ben] = await meet();
      await mediaFlows([anna, ben]);
      expect((await anna.stats())?.pair).toBe('host/host');
      expect([await anna.failures(), await ben.failures()]).toEqual([[], []]);

      // Lines break on both sides: the same call goes on and the pages come back with fresh tickets.
      harness.dropSockets();
      await mediaFlows([anna, ben]);
      await eventually(
        async () => ((await anna.stats())?.sockets ?? 0) > 1 && ((await ben.stats())?.sockets ?? 0) > 1,
        10_000,
        async () => JSON.stringify([await anna.stats(), await ben.stats()]),
      );
      await Promise.all([anna.until('connected'), ben.until('connected')]);
      const kept = await Promise.all([anna.stats(), ben.stats()]);
      expect(kept.map((stats) => [stats?.restarts, stats?.resets])).toEqual([
        [0, 0],
        [0, 0],
      ]);

      // Glare: both sides start again at the same moment, five times.
      for (let round = 0; round < 5; round++) {
        await Promise.all([anna.run('restartIce'), ben.run('restartIce')]);
        await new Promise((resolve) => setTimeout(resolve, 700));
      }
      await mediaFlows([anna, ben]);
      const after = await Promise.all([anna.stats(), ben.stats()]);
      expect(after.map((stats) => stats?.signaling)).toEqual(['stable', 'stable']);
      expect(after.map((stats) => stats?.restarts)).toEqual([5, 5]);
      expect(after.flatMap((stats) => stats?.errors)).toEqual([]);
      expect((after[0]?.glares ?? 0) + (after[1]?.glares ?? 0)).toBeGreaterThan(0);

      // Either side reloads.
      for (const person of [ben, anna]) {
        await person.page.reload();
        await eventually(
          async () => (await person.stats())?.connection === 'connected',
          20_000,
          async () => 'no call',
        );
        await mediaFlows([anna, ben]);
      }
    },
    SLOW,
  );

  it(
    'a second tab takes over and the first says so; forged tickets and third people stay out; the end reaches both',
    async () => {
      harness = new Harness();
      await harness.start();
      const [anna, ben] = await meet();
      const second = await enter({ who: 'ben', process: '0' });
      await eventually(
        async () => (await ben.left()) === 'replaced',
        5_000,
        async () => 'not replaced',
      );
      await second.until('connected');
      await mediaFlows([anna, second]);
      expect(await ben.page.getByText('open in another tab').isVisible()).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect((await second.state())?.connection).toBe('connected');

      const third = await enter({ who: 'cleo', process: '1' });
      await third.until('closed');
      expect(await third.page.getByText('Two people are already in this session').isVisible()).toBe(true);

      harness.refuse = 404;
      const calls = [anna, second];
      await mediaFlows(calls);
      harness.seats.closedRooms.add('r');
      await harness.signallings[0]?.closeRoom('r');
      for (const person of calls)
        await eventually(
          async () => (await person.left()) === 'ended',
          1_000,
          async () => 'not ended',
        );
      expect(await anna.page.getByText('The session has ended').isVisible()).toBe(true);
    },
    SLOW,
  );

  it(
    'a forged first ticket is replaced by a fresh one, and without a fresh one the page stops',
    async () => {
      harness = new Harness();
      await harness.start();
      const anna = await enter({ who: 'anna', token: 'forged' });
      await anna.until('waiting');
      harness.refuse = 404;
      await anna.run('dropSocket');
      await eventually(
        async () => (await anna.left()) === 'ended',
        8_000,
        async () => JSON.stringify(await anna.state()),
      );
    },
    SLOW,
  );

  it(
    'buttons: mute, camera, sound only, chat, leaving',
    async () => {
      harness = new Harness();
      await harness.start();
      const [anna, ben] = await meet();
      expect(await anna.violations()).toEqual([]);
      await anna.press('Mute');
      await ben.page.getByText('Muted', { exact: true }).waitFor();
      expect(await anna.page.getByRole('button', { name: 'Mute', exact: true }).getAttribute('aria-pressed')).toBe(
        'true',
      );
      await anna.press('Mute');

      await ben.press('Stop video');
      await anna.page.getByText('Camera off').waitFor();
      await ben.press('Stop video');
      await mediaFlows([anna, ben]);

      await ben.press('Sound only');
      await anna.page.getByText('asked for sound only').waitFor();
      const silent = (await ben.stats())?.video.framesDecoded ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(((await ben.stats())?.video.framesDecoded ?? 0) - silent).toBeLessThan(10);
      await ben.press('Sound only');
      await mediaFlows([anna, ben]);

      await anna.press('Share');
      await ben.page.locator('video.vd-screen:not([hidden])').waitFor();
      await ben.page.waitForFunction(
        () => document.querySelector<HTMLVideoElement>('video.vd-screen')?.videoWidth ?? 0,
      );
      await anna.press('Share');
      await ben.page.locator('video.vd-screen').waitFor({ state: 'hidden' });

      await anna.press('Devices');
      const microphones = anna.page.getByLabel('Microphone', { exact: true });
      expect(await microphones.locator('option').count()).toBeGreaterThan(1);
      await microphones.selectOption({ index: 1 });
      await mediaFlows([anna, ben]);
      expect(await anna.violations()).toEqual([]);
      await anna.page.keyboard.press('Escape');

      await anna.press('Chat');
      await anna.page.getByLabel('Message').fill('<b>hello</b>');
      await anna.page.keyboard.press('Enter');
      expect(await anna.violations()).toEqual([]);
      await ben.page.getByRole('button', { name: 'Chat, 1 new' }).click();
      await ben.page.getByText('<b>hello</b>', { exact: true }).waitFor();
      await ben.page.keyboard.press('Escape');
      expect(await ben.page.evaluate(() => document.activeElement?.textContent)).toBe('Chat');

      await ben.page.evaluate(() => (window as unknown as { meeting: { destroy(): void } }).meeting.destroy());
      await anna.page.getByText('The other person has left').waitFor();
      expect(harness.reports.flat().map(({ participant, state }) => `${participant} ${state}`)).toEqual(
        expect.arrayContaining(['anna joined', 'ben joined', 'ben left']),
      );
      expect(await ben.page.locator('video').count()).toBe(0);
    },
    SLOW,
  );

  it.each([
    ['for a moment: the offer is said again', 3_000, [0, 0]],
    ['for long: both begin anew', 12_000, [0, 1]],
  ])(
    'messages between server processes are lost %s',
    async (_, lostMs, resets) => {
      harness = new Harness();
      await harness.start();
      harness.bus.loses = (message) => message.kind === 'relay';
      const anna = await enter({ who: 'anna', process: '0' });
      const ben = await enter({ who: 'ben', process: '1' });
      await new Promise((resolve) => setTimeout(resolve, lostMs));
      expect((await anna.state())?.connection).not.toBe('connected');
      harness.bus.loses = () => false;
      await Promise.all([anna.until('connected', 12_000), ben.until('connected', 12_000)]);
      await mediaFlows([anna, ben]);
      expect([(await anna.stats())?.resets, (await ben.stats())?.resets]).toEqual(resets);
    },
    SLOW,
  );

  it(
    'without devices a person still joins, and sees and hears after a tap where the browser wants one',
    async () => {
      harness = new Harness();
      await harness.start();
      const bare = await launchBrowser(['--use-fake-device-for-media-stream']);
      try {
        const anna = await enter({ who: 'anna' });
        const ben = await Person.open(bare, harness.page({ room: 'r', who: 'ben', process: '1' }), true);
        people.push(ben);
        await Promise.all([anna.until('connected'), ben.until('connected')]);
        await ben.press('Turn on sound');
        await ben.page.getByText('No microphone or camera was found').waitFor();
        await eventually(
          async () => ((await ben.stats())?.video.framesDecoded ?? 0) > 5,
          10_000,
          async () => JSON.stringify(await ben.stats()),
        );
      } finally {
        await bare.close();
      }
    },
    SLOW,
  );
});

(hasCoturn ? describe : describe.skip)('through a relay', () => {
  let coturn: Coturn;
  beforeAll(async () => {
    coturn = await Coturn.start();
  });
  afterAll(() => coturn.stop());

  const relay = (ttlMs: number) => ({
    iceServers: [{ urls: coturn.urls, ...turnCredentials(coturn.secret, new Date(Date.now() + ttlMs), 'test') }],
    relayOnly: true,
  });

  it(
    'relay only works, and survives the relay’s death',
    async () => {
      harness = new Harness(() => relay(600_000));
      await harness.start();
      const [anna, ben] = await meet();
      await mediaFlows([anna, ben]);
      expect((await anna.stats())?.pair).toBe('relay/relay');

      await coturn.kill();
      await eventually(
        async () => (await anna.state())?.connection !== 'connected',
        30_000,
        async () => 'loss not noticed',
      );
      await coturn.run();
      await Promise.all([anna.until('connected', 40_000), ben.until('connected', 40_000)]);
      await mediaFlows([anna, ben]);
      expect((await anna.stats())?.restarts).toBeGreaterThan(0);
    },
    SLOW * 2,
  );

  it(
    'refuses passwords past their time',
    async () => {
      harness = new Harness(() => relay(-60_000));
      await harness.start();
      const anna = await enter({ who: 'anna' });
      const ben = await enter({ who: 'ben', process: '1' });
      await Promise.all([anna.until('failed', 30_000), ben.until('failed', 30_000)]);
      expect((await anna.stats())?.pair).toBeNull();
      // The measure of all these tests can fail.
      await expect(mediaFlows([anna, ben], 2_000)).rejects.toThrow('media does not flow');
    },
    SLOW,
  );
});
