import { url as inspectorUrl } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { crashFile } from '../lifecycle/crash-file.js';
import { marker } from './running.js';

const BEAT_EVERY = 250;
/** EX_SOFTWARE of sysexits: ended because of an internal fault. */
export const BLOCKED_EXIT_CODE = 70;

export interface WatchdogOptions {
  readonly dataDir: string;
  /** Milliseconds the main loop may be blocked; 5 s unless a test is in a hurry. */
  readonly limitMs?: number;
  readonly onError: (error: unknown) => void;
}

/** Ends the process when its main loop is blocked for five seconds, and leaves word of which plugin was running. */
export class Watchdog {
  private worker?: Worker;
  private beat?: NodeJS.Timeout;

  constructor(private readonly options: WatchdogOptions) {}

  /** Does nothing under a debugger: a breakpoint blocks the main loop, too. */
  start(): void {
    if (inspectorUrl() !== undefined) return;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.worker = new Worker(new URL(`./watchdog.worker.${extension}`, import.meta.url), {
      name: 'watchdog',
      // The thread needs none of the flags the server was started with.
      execArgv: [],
      workerData: {
        shared: marker.shared,
        file: crashFile(this.options.dataDir),
        limitMs: this.options.limitMs ?? 5_000,
        exitCode: BLOCKED_EXIT_CODE,
      },
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
    });
    this.worker.on('error', this.options.onError);
    this.worker.unref();
    this.beat = setInterval(() => void Atomics.add(marker.shared, 0, 1), BEAT_EVERY).unref();
  }

  /** Tells the thread which folders are whose. */
  guard(plugins: readonly { id: string; folder: string }[]): void {
    this.worker?.postMessage(plugins.map(({ id, folder }) => ({ id, folder, number: marker.numberOf(id) })));
  }

  async stop(): Promise<void> {
    clearInterval(this.beat);
    const worker = this.worker;
    this.worker = undefined;
    await worker?.terminate();
  }
}
