import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** Numbers of `element.alcoveVideo.stats()`. */
export interface CallStats {
  readonly video: { readonly framesDecoded: number };
  readonly audio: { readonly packetsReceived: number };
  readonly pair: string | null;
  readonly dtls: string | null;
  readonly connection: string;
  readonly signaling: string;
  readonly sockets: number;
  readonly restarts: number;
  readonly resets: number;
  readonly glares: number;
  readonly errors: readonly string[];
}
interface State {
  readonly connection: string;
  readonly quality?: string;
  readonly peer: string;
}
/** What the harness page puts on `window`. */
interface RoomWindow {
  readonly video: { stats(): Promise<CallStats | null>; dropSocket(): void; restartIce(): void };
  readonly meeting: { destroy(): void; toggleMicrophone(): void; toggleCamera(): void; toggleSoundOnly(): void };
  readonly seen: { readonly states: State[]; readonly left: string | null; readonly failures: string[] };
  state(): State | undefined;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PATHS = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
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
  '--auto-select-desktop-capture-source=Entire screen',
];

export function launchBrowser(without: readonly string[] = []): Promise<Browser> {
  const executablePath = PATHS.find((path) => path !== undefined && existsSync(path)) ?? chromium.executablePath();
  return chromium.launch({ executablePath, args: FLAGS.filter((flag) => !without.includes(flag)) });
}

/** One person's browser on the harness page. */
export class Person {
  /** Console errors and content policy reports: there must be none. */
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** `isSilent`: the browser refuses to play sound before a tap, as phones do. Looking into a page counts as a tap in this browser, so
   * the refusal is played. */
  static async open(browser: Browser, url: string, isSilent = false): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 900, height: 700 } });
    if (isSilent) await context.addInitScript(refuseToPlay);
    const person = new Person(await context.newPage(), context);
    await person.page.goto(url);
    return person;
  }

  stats(): Promise<CallStats | null> {
    return this.page.evaluate(() => (window as unknown as RoomWindow).video.stats());
  }

  state(): Promise<State | undefined> {
    return this.page.evaluate(() => (window as unknown as RoomWindow).state?.());
  }

  left(): Promise<string | null> {
    return this.page.evaluate(() => (window as unknown as RoomWindow).seen.left);
  }

  failures(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as RoomWindow).seen.failures);
  }

  run(what: 'dropSocket' | 'restartIce'): Promise<void> {
    return this.page.evaluate((name) => (window as unknown as RoomWindow).video[name](), what);
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Accessibility faults, but for colours: those come from the core's stylesheet. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(readFileSync(AXE, 'utf8'));
    return this.page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: { run(o: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      };
      const { violations } = await axe.run({ rules: { 'color-contrast': { enabled: false } } });
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    });
  }

  async until(connection: string, ms = 20_000): Promise<number> {
    const start = performance.now();
    await eventually(
      async () => (await this.state())?.connection === connection,
      ms,
      async () => {
        return `state ${JSON.stringify(await this.state())} instead of ${connection}; ${JSON.stringify(await this.stats())}`;
      },
    );
    return performance.now() - start;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Runs in the page. */
function refuseToPlay(): void {
  const play = HTMLMediaElement.prototype.play;
  let wasTapped = false;
  addEventListener('click', () => (wasTapped = true), true);
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    return wasTapped ? play.call(this) : Promise.reject(new DOMException('no tap yet', 'NotAllowedError'));
  };
}

/** Waits until both people decode new frames and receive new sound; fails with the numbers when they do not. */
export async function mediaFlows(people: readonly Person[], ms = 15_000): Promise<void> {
  const before = await Promise.all(people.map((person) => person.stats()));
  let now = before;
  await eventually(
    async () => {
      now = await Promise.all(people.map((person) => person.stats()));
      return now.every((stats, index) => {
        const old = before[index];
        if (!stats || !old) return false;
        const frames = stats.video.framesDecoded - old.video.framesDecoded;
        return frames >= 5 && stats.audio.packetsReceived - old.audio.packetsReceived >= 20;
      });
    },
    ms,
    async () => `media does not flow: ${JSON.stringify({ before, now })}`,
  );
}

/** Tries until it is true; fails with `explain()` after `ms`. A page in the middle of loading counts as "not yet". */
export async function eventually(
  test: () => Promise<boolean>,
  ms: number,
  explain: () => Promise<string>,
): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const done = await test().catch((error: Error) => {
      if (/Execution context|undefined|navigation/.test(error.message)) return false;
      throw error;
    });
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(await explain());
}
