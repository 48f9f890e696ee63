import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LivingSessions, type SessionHold, type Standing } from '../access/living-sessions.js';
import { LOG, type Log } from '../logging/log.js';
import { LiveBus } from './live-bus.js';

/** Signals may be lost, so all watched sessions are looked at this often, in one statement. In milliseconds. */
export const RECHECK_MS = 20_000;
/** Without an answer of the database for so long, nothing proves that anybody may still listen. In milliseconds. */
export const BLIND_MS = 50_000;

interface Watched {
  readonly hold: SessionHold;
  readonly mayDoze: boolean;
  readonly end: () => void;
}

/**
 * Ends what was opened in a session when the session ends, its account is suspended or closed, or its rights change: at once when a live
 * signal says so, within `RECHECK_MS` when the signal was lost. Signals only say "look"; the database decides.
 */
@Injectable()
export class SessionWatch implements BeforeApplicationShutdown {
  private readonly watched = new Set<Watched>();
  private readonly asked = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;
  private answeredAt = 0;

  constructor(
    private readonly sessions: LivingSessions,
    private readonly bus: LiveBus,
    @Inject(LOG) private readonly log: Log,
  ) {
    bus.onResync(() => void this.checkAll());
  }

  /**
   * Calls `end` once when what `hold` says is no longer true. It is also looked at right away: the session may have ended since the
   * request was let in.
   *
   * @param options.mayDoze true for what outlives an idle session, like a call
   * @returns the way to stop watching
   */
  watch(hold: SessionHold, end: () => void, options: { readonly mayDoze: boolean }): () => void {
    const look = (): void => this.ask([hold.ref]);
    const topics = [`session:${hold.ref}`, `account:${hold.accountId}`];
    const stops = topics.map((topic) => this.bus.subscribe(topic, look));
    const stop = (): void => {
      if (!this.watched.delete(watched)) return;
      for (const unsubscribe of stops) unsubscribe();
      if (this.watched.size === 0) this.rest();
    };
    const watched: Watched = {
      hold,
      mayDoze: options.mayDoze,
      end: () => {
        stop();
        end();
      },
    };
    if (this.watched.size === 0) this.begin();
    this.watched.add(watched);
    look();
    return stop;
  }

  /** Looks at every watched session now; resolves when that is done. */
  async checkAll(): Promise<void> {
    this.ask(Array.from(this.watched, ({ hold }) => hold.ref));
    await this.checking;
    if (this.watched.size > 0 && performance.now() - this.answeredAt > BLIND_MS) this.endAll();
  }

  beforeApplicationShutdown(): void {
    this.rest();
  }

  private begin(): void {
    this.answeredAt = performance.now();
    this.timer = setInterval(() => void this.checkAll(), RECHECK_MS);
    this.timer.unref();
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Many questions at once become one statement; those that come while it runs become the next. */
  private ask(refs: readonly string[]): void {
    for (const ref of refs) this.asked.add(ref);
    this.checking ??= this.answer().finally(() => {
      this.checking = undefined;
    });
  }

  private async answer(): Promise<void> {
    while (this.asked.size > 0) {
      // Once around the loop of events: whatever else asks in this turn goes along.
      await new Promise((resolve) => setImmediate(resolve));
      const refs = Array.from(this.asked);
      this.asked.clear();
      try {
        this.apply(new Set(refs), await this.sessions.standings(refs));
        this.answeredAt = performance.now();
      } catch (error) {
        // The next round asks again; being blind for too long ends everything.
        this.log.warn({ err: error }, 'live: the sessions of open streams could not be checked');
      }
    }
  }

  private apply(refs: ReadonlySet<string>, standings: ReadonlyMap<string, Standing>): void {
    for (const watched of Array.from(this.watched)) {
      const { hold, mayDoze, end } = watched;
      if (refs.has(hold.ref) && !holds(hold, standings.get(hold.ref), mayDoze)) end();
    }
  }

  private endAll(): void {
    for (const { end } of Array.from(this.watched)) end();
  }
}

function holds({ permissions }: SessionHold, now: Standing | undefined, mayDoze: boolean): boolean {
  if (!now || !(now.awake || mayDoze)) return false;
  return now.permissions.size === permissions.size && Array.from(permissions).every((one) => now.permissions.has(one));
}
