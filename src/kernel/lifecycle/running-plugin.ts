import type { PluginContext, PluginDefinition, Token } from '@alcove/sdk';
import type { PluginViews } from '../../platform/views/plugin-views.js';
import type { Candidate } from '../discovery/discover.js';
import type { Host } from '../host/plugin-host.js';
import type { PluginApp } from '../isolation/plugin-app.js';
import type { PluginDataSource } from '../isolation/plugin-database.js';
import { runAs } from '../isolation/running.js';
import { within } from '../slots/deadline.js';

/** Everything of a plugin that is alive in this process. */
export interface Parts {
  readonly candidate: Candidate;
  readonly definition: PluginDefinition;
  readonly host: Host;
  readonly app: PluginApp;
  readonly views: PluginViews;
  readonly database?: PluginDataSource;
}

/** A plugin that has been started: the one way the kernel calls into it. */
export class RunningPlugin {
  private readonly end = new AbortController();

  constructor(readonly parts: Parts) {}

  get id(): string {
    return this.parts.candidate.id;
  }

  get definition(): PluginDefinition {
    return this.parts.definition;
  }

  /** Ends when the plugin is stopped. */
  get signal(): AbortSignal {
    return this.end.signal;
  }

  /**
   * Calls plugin code in its own context, bounded in time.
   *
   * @throws LateError after `milliseconds`, and whatever the plugin throws
   */
  call<T>(
    milliseconds: number,
    call: (context: PluginContext) => Promise<T> | T,
    late?: (error: unknown) => void,
  ): Promise<T> {
    return within(milliseconds, (signal) => runAs(this.id, () => call(this.context(signal))), {
      signal: this.signal,
      late,
    });
  }

  context(signal: AbortSignal = this.signal): PluginContext {
    const { nest } = this.parts.app;
    return { id: this.id, signal, get: <T>(token: Token<T>): T => nest.get<T>(token, { strict: false }) };
  }

  /** Teardown, then everything that was opened, in the reverse order. Faults are reported, never thrown: a plugin must always be stoppable. */
  async stop(milliseconds: number, report: (step: string, error: unknown) => void): Promise<void> {
    const { definition, app, host, database } = this.parts;
    const steps: [string, () => Promise<void> | void][] = [
      ['teardown', () => definition.lifecycle?.teardown?.(this.context())],
      ['sockets', () => this.end.abort()],
      ['module', () => app.nest.close()],
      ['host services', () => host.close()],
      ['database', () => (database?.dataSource.isInitialized ? database.dataSource.destroy() : undefined)],
    ];
    for (const [step, close] of steps) {
      try {
        await within(milliseconds, () => runAs(this.id, close), { late: (error) => report(step, error) });
      } catch (error) {
        report(step, error);
      }
    }
  }
}
