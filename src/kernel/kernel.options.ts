import type { IncomingMessage } from 'node:http';

/** What the composition root tells the kernel. Injected under `KERNEL_OPTIONS`. */
export interface KernelOptions {
  /** The server's data directory; installed plugins and the crash file live in `<dataDir>/plugins`. */
  readonly dataDir: string;
  /** Folders that hold one folder per first-party plugin. */
  readonly pluginRoots: readonly string[];
  /** Plugins that start without having been enabled by anybody, on a new database. */
  readonly enabledByDefault?: readonly string[];
  /** Only the core runs; the plugin manager stays reachable. */
  readonly safeMode?: boolean;
  /** Public address of the server, when one is configured; otherwise the Host header says what the own origin is. */
  readonly baseUrl?: string;
  /** Address of the client behind the configured proxies; the peer address without it. */
  readonly clientIp?: (request: IncomingMessage) => string;
  /** With it, errors nobody caught are looked into: a plugin's cost it its place, all others are handed over here. */
  readonly onFatal?: (error: unknown) => void;
  /** With it, a thread ends the process when its main loop is blocked (5 s unless `limitMs` says otherwise). */
  readonly watchdog?: { readonly limitMs?: number };
  /** How plugin code is imported; `importPlugin` unless a test hands definitions over directly. */
  readonly importPlugin?: (entry: string) => Promise<unknown>;
  readonly deadlines?: Partial<Deadlines>;
}

/** In milliseconds. */
export interface Deadlines {
  /** How long `start()` waits for plugins before the server goes on without those that are still starting. */
  readonly boot: number;
  /** Import, module and `setup` together. */
  readonly setup: number;
  readonly teardown: number;
  readonly panel: number;
  readonly contribution: number;
  readonly video: number;
  readonly call: number;
  /** First pause before a plugin that was not ready is tried again; doubles up to `retryMost`. */
  readonly retryFirst: number;
  readonly retryMost: number;
  readonly healthEvery: number;
}

export const DEADLINES: Deadlines = {
  boot: 3_000,
  setup: 10_000,
  teardown: 3_000,
  panel: 2_000,
  contribution: 150,
  video: 3_000,
  call: 5_000,
  retryFirst: 5_000,
  retryMost: 300_000,
  healthEvery: 30_000,
};

export const KERNEL_OPTIONS = Symbol('alcove.kernel-options');
