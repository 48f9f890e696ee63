import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import type { DemoAccount } from '../../src/demo/demo-file.js';
import { STEP_SECONDS, totpCode } from '../../src/features/access/factors/totp.js';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/** The browser that `npm test` found (`CHROMIUM_PATH`), else an installed one; with a made-up camera and microphone. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: found(), args: FLAGS });
}

/** A browser that keeps everything it keeps in this folder, as at home. */
export function launchProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: found(), args: FLAGS });
}

function found(): string {
  const executablePath = process.env.CHROMIUM_PATH ?? CANDIDATES.find((file) => existsSync(file));
  if (!executablePath) throw new Error('no Chromium: run these tests with "npm test", or set CHROMIUM_PATH');
  return executablePath;
}

const usedSteps = new Map<string, number>();

/**
 * A code that was not used before: each counts once. Codes of the next half minute count too, so two sign-ins in a row need not wait; the
 * third waits.
 */
export async function freshCode(secret: string): Promise<string> {
  const step = STEP_SECONDS * 1_000;
  const wanted = Math.max(Math.floor(Date.now() / step), (usedSteps.get(secret) ?? 0) + 1);
  usedSteps.set(secret, wanted);
  await sleep(Math.max(0, (wanted - 1) * step - Date.now() + 500));
  return totpCode(secret, new Date(wanted * step));
}

/** Somebody with a browser of their own: cookies of their own, and a record of all that a page should not do. */
export class Visitor {
  /** Console errors, errors of scripts and refusals of the content policy since the last `forget`. */
  readonly complaints: string[] = [];
  /** Addresses outside `origin` that a page asked for. */
  readonly strangers: string[] = [];
  page: Page;

  private constructor(
    readonly context: BrowserContext,
    readonly origin: string,
  ) {}

  static async open(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const visitor = new Visitor(context, origin);
    context.setDefaultTimeout(15_000);
    context.on('page', (page) => visitor.watch(page));
    context.on('request', (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      if (['http:', 'https:', 'ws:', 'wss:'].includes(protocol) && asked !== origin)
        visitor.strangers.push(request.url());
    });
    visitor.page = await context.newPage();
    return visitor;
  }

  /** Opens an address of the server, or a whole one. */
  async go(address: string): Promise<number> {
    const answer = await this.page.goto(new URL(address, this.origin).href);
    return answer?.status() ?? 0;
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Signs in, with the code where the account has one, and waits for the page after it. */
  async signIn(account: DemoAccount): Promise<void> {
    await this.go('/sign-in');
    await this.page.getByLabel('Email').fill(account.email);
    await this.page.getByLabel('Password').fill(account.password);
    await this.press('Continue');
    if (account.totpSecret) {
      await this.page.getByLabel('Six-digit code').fill(await freshCode(account.totpSecret));
      await this.press('Sign in');
    }
    await this.page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  }

  /** Waits for words on the page. */
  async sees(text: string | RegExp, ms = 15_000): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: ms });
  }

  forget(): void {
    this.complaints.length = 0;
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      this.complaints.push(`${page.url()}: ${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.stack ?? error.message}`));
  }
}

/** Numbers of the meeting in the page, from `getStats`. */
export interface CallStats {
  readonly video: { readonly framesDecoded: number };
  readonly audio: { readonly packetsReceived: number };
  /** Kinds of the two ends, e.g. `host/host` or `relay/relay`. */
  readonly pair: string | null;
  readonly dtls: string | null;
  readonly connection: string;
  /** Connections to the server made so far. */
  readonly sockets: number;
  readonly restarts: number;
  readonly resets: number;
  readonly errors: readonly string[];
}
type Meeting = Element & { alcoveVideo?: { stats(): Promise<CallStats | null>; dropSocket(): void } };

/** Null while there is no meeting in the page, or while the page is being loaded. */
export async function callStats(page: Page): Promise<CallStats | null> {
  try {
    return await page.evaluate(
      async () => (await (document.querySelector('[data-meeting]') as Meeting | null)?.alcoveVideo?.stats()) ?? null,
    );
  } catch (error) {
    if (error instanceof Error && /context was destroyed|navigation/.test(error.message)) return null;
    throw error;
  }
}

/** Cuts the line to the server, as a lost network does; the media goes on. */
export function dropSocket(page: Page): Promise<void> {
  return page.evaluate(() => (document.querySelector('[data-meeting]') as Meeting).alcoveVideo?.dropSocket());
}

/** Waits until every page has decoded new pictures and got new sound; throws with the numbers when one does not. */
export async function mediaFlows(pages: readonly Page[], ms = 20_000): Promise<CallStats[]> {
  const before: (CallStats | null)[] = pages.map(() => null);
  let now: (CallStats | null)[] = [];
  for (const end = performance.now() + ms; performance.now() < end; await pages[0].waitForTimeout(100)) {
    now = await Promise.all(pages.map(callStats));
    // A meeting that is mounted anew counts from nothing again.
    now.forEach((stats, at) => {
      const old = before[at];
      if (!old || !stats || stats.video.framesDecoded < old.video.framesDecoded) before[at] = stats;
    });
    if (now.every((stats, at) => hasMoved(stats, before[at]))) return now as CallStats[];
  }
  throw new Error(`media does not flow: ${JSON.stringify({ before, now })}`);
}

function hasMoved(now: CallStats | null, before: CallStats | null): boolean {
  if (!now || !before) return false;
  const frames = now.video.framesDecoded - before.video.framesDecoded;
  return frames >= 5 && now.audio.packetsReceived - before.audio.packetsReceived >= 20;
}
