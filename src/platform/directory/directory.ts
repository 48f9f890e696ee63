import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LiveBus } from '../live/live-bus.js';
import { systemCode } from '../process/error-facts.js';
import { DirectoryIndex } from './directory-index.js';
import type { DirectoryEntry, DirectorySource } from './directory-source.js';

export type { DirectoryEntry, DirectorySource } from './directory-source.js';

const TOPIC = 'directory';
const RETRY_MS = [200, 1_000, 5_000, 15_000];

export interface DirectoryPage {
  readonly entries: readonly DirectoryEntry[];
  /** Id to pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

export interface PageRequest {
  readonly kind?: DirectoryEntry['kinds'][number];
  /** The caller's access rule; entries it refuses are as if they did not exist. */
  readonly allowed: (entry: DirectoryEntry) => boolean;
  /** Id of the last entry of the page before. An id that is unknown or not allowed starts at the beginning. */
  readonly after?: string;
  readonly limit: number;
  /** Words of a name, or a number. */
  readonly query?: string;
}

/**
 * Everybody's name, in memory, in every process: names are encrypted in the database, where nothing can sort or search them. It never
 * decides who may see whom; each question brings its rule along.
 */
@Injectable()
export class Directory implements OnApplicationShutdown {
  /** Resolves when everybody is loaded for the first time. */
  readonly ready: Promise<void>;
  private readonly logger = new Logger(Directory.name);
  private readonly becomeReady: () => void;
  private readonly stopListening: () => void;
  private index = new DirectoryIndex();
  private source: DirectorySource | undefined;
  private loaded = false;
  private everybody = false;
  private changedIds = new Set<string>();
  private work: Promise<void> | undefined;
  private failures = 0;
  private retry: NodeJS.Timeout | undefined;

  constructor(private readonly live: LiveBus) {
    let becomeReady = (): void => undefined;
    this.ready = new Promise((resolve) => (becomeReady = resolve));
    this.becomeReady = becomeReady;
    const unsubscribe = live.subscribe(TOPIC, ({ data }) => {
      if (data.id) this.changedIds.add(data.id);
      void this.start();
    });
    const stopResync = live.onResync(() => void this.resync());
    this.stopListening = () => {
      unsubscribe();
      stopResync();
    };
  }

  /** Registers where entries come from and starts to load them. */
  setSource(source: DirectorySource): void {
    if (this.source) throw new Error('the directory has a source already');
    this.source = source;
    void this.resync();
  }

  get(id: string): DirectoryEntry | undefined {
    return this.index.get(id);
  }

  /** The display name, or null for nobody we know. */
  name(id: string): string | null {
    return this.index.get(id)?.displayName ?? null;
  }

  /** One page in name order. */
  page(request: PageRequest): DirectoryPage {
    const { kind, allowed, limit } = request;
    const start = request.after === undefined ? undefined : this.index.get(request.after);
    const matches = this.index.matching(request.query ?? '', start && allowed(start) ? start : undefined);
    const entries: DirectoryEntry[] = [];
    for (const entry of matches) {
      if ((kind && !entry.kinds.includes(kind)) || !allowed(entry)) continue;
      if (entries.length === limit) return { entries, next: entries[limit - 1]?.id ?? null };
      entries.push(entry);
    }
    return { entries, next: null };
  }

  /** Up to `limit` people whose name has all the words of `text` (by their beginnings) or whose number begins with it. */
  search(text: string, allowed: (entry: DirectoryEntry) => boolean, limit: number): readonly DirectoryEntry[] {
    return text.trim() === '' ? [] : this.page({ query: text, allowed, limit }).entries;
  }

  /** Says, with the caller's transaction, that a person changed; every process reads that entry again after the commit. */
  async changed(manager: EntityManager, id: string): Promise<void> {
    await this.live.publishInside(manager, TOPIC, 'changed', { id });
  }

  /** Reads these entries again and resolves when that is done (or put off, when the database is away), for a page that must show
   * what it has just saved. */
  async refresh(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.changedIds.add(id);
    await this.start();
  }

  /** Reads everybody again, after signals may have been missed. */
  async resync(): Promise<void> {
    this.everybody = true;
    await this.start();
  }

  /** For the health page. */
  state(): { readonly loaded: boolean; readonly entries: number; readonly failures: number } {
    return { loaded: this.loaded, entries: this.index.size, failures: this.failures };
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopListening();
    clearTimeout(this.retry);
    this.source = undefined;
    await this.work;
  }

  private start(): Promise<void> {
    this.work ??= this.catchUp();
    return this.work;
  }

  /** One reader at a time, so that an older answer can never overwrite a newer one. */
  private async catchUp(): Promise<void> {
    // Signals of the same moment are read together.
    await new Promise(setImmediate);
    try {
      while (this.source && (this.everybody || this.changedIds.size > 0)) {
        if (this.everybody) await this.loadEverybody(this.source);
        else await this.loadChanged(this.source);
      }
      this.failures = 0;
    } catch (error) {
      this.tryLater(error);
    } finally {
      this.work = undefined;
    }
  }

  private async loadEverybody(source: DirectorySource): Promise<void> {
    // Whoever changes from here on is read once more afterwards: the long read may have passed them already.
    this.everybody = false;
    this.changedIds = new Set();
    const fresh = new DirectoryIndex();
    try {
      for await (const entry of source.loadAll()) fresh.put(entry);
    } catch (error) {
      this.everybody = true;
      throw error;
    }
    this.index = fresh;
    this.loaded = true;
    this.becomeReady();
  }

  private async loadChanged(source: DirectorySource): Promise<void> {
    const ids = this.changedIds;
    this.changedIds = new Set();
    try {
      const entries = new Map((await source.load([...ids])).map((entry) => [entry.id, entry]));
      for (const id of ids) {
        const entry = entries.get(id);
        if (entry) this.index.put(entry);
        else this.index.remove(id);
      }
    } catch (error) {
      for (const id of ids) this.changedIds.add(id);
      throw error;
    }
  }

  private tryLater(error: unknown): void {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures++;
    // The code, not the message: a message of the database or the vault could quote a name.
    const kind = systemCode(error) ?? 'unknown error';
    this.logger.warn(`cannot read the directory (${kind}), trying again in ${wait} ms`);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => void this.start(), wait);
    this.retry.unref();
  }
}
