import type { PluginDefinition, PluginManifest } from '@alcove/sdk';
import type { Log } from '../../platform/logging/log.js';
import type { Candidate } from '../discovery/discover.js';
import type { Deadlines } from '../kernel.options.js';
import { LateError, within } from '../slots/deadline.js';
import { detailOf } from './detail.js';
import type { PluginRecord } from './plugin-record.repository.js';
import type { RunningPlugin } from './running-plugin.js';
import { mayGo, StartFailure, STATIC_STATES, type PluginReason, type PluginState } from './states.js';
import { addStrike, isOut, pauseBefore } from './strikes.js';

/** What a unit needs of the world around it. */
export interface UnitWorld {
  readonly deadlines: Deadlines;
  readonly log: Log;
  now(): Date;
  /** `loaded` is told the definition as soon as there is one, whatever comes of the start. */
  start(
    candidate: Candidate,
    signal: AbortSignal,
    loaded: (definition: PluginDefinition) => void,
  ): Promise<RunningPlugin>;
  /** Stores and audits a state; called before anybody sees it as settled. */
  remember(unit: PluginUnit): Promise<void>;
  /** Stores the strikes of the last ten minutes. */
  rememberStrikes(unit: PluginUnit): Promise<void>;
  /** Around each start, so that a process that dies meanwhile leaves a trace. */
  marked(pluginId: string, start: () => Promise<void>): Promise<void>;
  /** After each start that succeeded. */
  started(running: RunningPlugin): void;
}

/** One plugin in one server process: its state, and the only way it changes. Starts and stops wait for each other. */
export class PluginUnit {
  state: PluginState = 'found';
  reason: PluginReason | null = null;
  detail: string | null = null;
  enabled = false;
  chosenFor: readonly string[] = [];
  strikes: readonly Date[] = [];
  running?: RunningPlugin;
  /** Known once the code has been imported, running or not: its settings can be mended while it cannot start. */
  definition?: PluginDefinition;
  private tries = 0;
  private retryTimer?: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    readonly candidate: Candidate,
    private readonly world: UnitWorld,
  ) {}

  get id(): string {
    return this.candidate.id;
  }

  get manifest(): PluginManifest | undefined {
    return this.candidate.manifest;
  }

  get isStartable(): boolean {
    return !STATIC_STATES.has(this.state);
  }

  /** Takes over what is stored. */
  adopt(record: PluginRecord): void {
    this.enabled = record.enabled;
    this.chosenFor = record.chosenFor;
    this.strikes = record.strikes;
  }

  /** Starts unless it runs already or may not run. Settles when the outcome is known; the outcome is the state, never an exception. */
  start(): Promise<void> {
    return this.exclusive(async () => {
      if (this.running || !this.isStartable) return;
      clearTimeout(this.retryTimer);
      await this.go('starting');
      await this.world.marked(this.id, () => this.tryStart());
    });
  }

  /** Stops what runs and settles in the given state. */
  stop(state: PluginState, reason: PluginReason | null = null, detail: string | null = null): Promise<void> {
    return this.exclusive(async () => {
      clearTimeout(this.retryTimer);
      await this.halt();
      await this.go(state, reason, detail);
    });
  }

  /** The process ends: stops without a change of what is stored. */
  shutDown(): Promise<void> {
    return this.exclusive(async () => {
      clearTimeout(this.retryTimer);
      await this.halt();
    });
  }

  /** A start that never came to an end in another life of the process. Three in ten minutes put the plugin out. */
  strike(detail: string): Promise<void> {
    return this.exclusive(async () => {
      if (await this.struck()) await this.go('quarantined', 'strikes', detail);
    });
  }

  /** Says how a running plugin is doing, without stopping it. */
  mood(
    state: 'active' | 'degraded' | 'needs-auth' | 'misconfigured',
    reason: PluginReason | null = null,
    detail: string | null = null,
  ): Promise<void> {
    return this.exclusive(async () => {
      if (this.running) await this.go(state, reason, detail);
    });
  }

  private async tryStart(): Promise<void> {
    try {
      const loaded = (definition: PluginDefinition): void => {
        this.definition = definition;
      };
      const begin = (signal: AbortSignal) => this.world.start(this.candidate, signal, loaded);
      const running = await within(this.world.deadlines.setup, begin, {
        late: (error) =>
          this.world.log.debug({ plugin: this.id, err: error }, 'plugins: a start that was given up ended'),
      });
      this.running = running;
      this.tries = 0;
      await this.go('active');
      this.world.started(running);
    } catch (error) {
      await this.failed(error);
    }
  }

  private async failed(error: unknown): Promise<void> {
    if (error instanceof LateError) {
      const out = await this.struck();
      const detail = `setup gave no answer within ${error.milliseconds / 1_000} s`;
      await this.go(out ? 'quarantined' : 'retrying', out ? 'strikes' : 'setup-late', detail);
    } else if (error instanceof StartFailure) {
      await this.go(error.state, error.reason, detailOf(error));
    } else {
      await this.go('retrying', 'database', detailOf(error));
    }
    this.world.log.warn(
      { plugin: this.id, state: this.state, reason: this.reason, err: error },
      'plugins: not started',
    );
    if (this.state === 'retrying') this.retryLater();
  }

  private retryLater(): void {
    this.tries += 1;
    const { retryFirst, retryMost } = this.world.deadlines;
    this.retryTimer = setTimeout(
      () => {
        if (this.enabled && this.state === 'retrying') void this.start();
      },
      pauseBefore(this.tries, retryFirst, retryMost),
    ).unref();
  }

  private async struck(): Promise<boolean> {
    this.strikes = addStrike(this.strikes, this.world.now());
    await this.world.rememberStrikes(this);
    return isOut(this.strikes);
  }

  private async halt(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    await running?.stop(this.world.deadlines.teardown, (step, error) =>
      this.world.log.warn({ plugin: this.id, step, err: error }, 'plugins: not everything could be closed'),
    );
  }

  private async go(
    state: PluginState,
    reason: PluginReason | null = null,
    detail: string | null = null,
  ): Promise<void> {
    if (!mayGo(this.state, state)) throw new Error(`a plugin cannot go from ${this.state} to ${state}`);
    if (this.state === state && this.reason === reason && this.detail === detail) return;
    Object.assign(this, { state, reason, detail });
    try {
      await this.world.remember(this);
    } catch (error) {
      // The database may be away for a while: the state in memory is what counts in this process, the next change stores it.
      this.world.log.warn({ plugin: this.id, state, err: error }, 'plugins: the state could not be stored');
    }
  }

  private exclusive(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work).catch((error: unknown) => {
      this.world.log.error({ plugin: this.id, err: error }, 'plugins: a change of state failed');
    });
    return this.turn;
  }
}
