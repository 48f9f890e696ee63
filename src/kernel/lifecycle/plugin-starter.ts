import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SetupError, type PluginDefinition } from '@alcove/sdk';
import { PermissionCatalog } from '../../platform/access/permission-catalog.js';
import { Assets } from '../../platform/assets/assets.js';
import { AuditWriter } from '../../platform/audit/audit-writer.js';
import { I18n } from '../../platform/i18n/i18n.js';
import { LOG, type Log } from '../../platform/logging/log.js';
import { IconSet } from '../../platform/views/icon-set.js';
import { createPluginViews, type PluginViews } from '../../platform/views/plugin-views.js';
import { Clock } from '../../platform/clock.js';
import type { Candidate } from '../discovery/discover.js';
import { PluginHost, type Host } from '../host/plugin-host.js';
import { createPluginApp, type PluginApp } from '../isolation/plugin-app.js';
import { PluginDatabase } from '../isolation/plugin-database.js';
import { runAs } from '../isolation/running.js';
import { KERNEL_OPTIONS, type KernelOptions } from '../kernel.options.js';
import { detailOf } from './detail.js';
import { loadDefinition } from './import-plugin.js';
import { RunningPlugin } from './running-plugin.js';
import { StartFailure, type PluginReason, type PluginState } from './states.js';

/** What the core lends to plugin views; one injectable, so that the starter's constructor stays short. */
@Injectable()
export class ViewTools {
  constructor(
    readonly i18n: I18n,
    readonly icons: IconSet,
    readonly assets: Assets,
  ) {}
}

/** Starts one plugin: import, database, application, views, setup. Leaves nothing open when any step fails. */
@Injectable()
export class PluginStarter {
  constructor(
    private readonly database: PluginDatabase,
    private readonly host: PluginHost,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
    private readonly permissions: PermissionCatalog,
    private readonly tools: ViewTools,
    @Inject(KERNEL_OPTIONS) private readonly options: KernelOptions,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * @param loaded is told the definition as soon as it is known
   * @param signal aborts when nobody waits any longer; what was opened by then is closed again
   * @throws StartFailure with the state the failure leads to
   */
  async start(
    candidate: Candidate,
    signal: AbortSignal,
    loaded: (definition: PluginDefinition) => void,
  ): Promise<RunningPlugin> {
    const definition = await loadDefinition(candidate, this.options.importPlugin);
    loaded(definition);
    const database = await this.database.open(candidate.id, definition);
    let host: Host | undefined;
    try {
      const views = this.views(candidate);
      host = this.host.make(candidate, definition, database?.dataSource);
      const app = await this.app(candidate, host, definition, signal);
      const running = new RunningPlugin({ candidate, definition, database, views, host, app });
      await this.setUp(running, signal);
      return running;
    } catch (error) {
      host?.close();
      if (database?.dataSource.isInitialized) await database.dataSource.destroy();
      throw error;
    }
  }

  private views(candidate: Candidate): PluginViews {
    try {
      this.tools.assets.register(candidate.id, path.join(candidate.folder, 'assets'));
      return createPluginViews(candidate.folder, candidate.id, this.tools);
    } catch (error) {
      throw new StartFailure('quarantined', 'views', detailOf(error), { cause: error });
    }
  }

  /** The application; one that comes up after everybody stopped waiting is closed again. */
  private async app(
    candidate: Candidate,
    host: Host,
    definition: PluginDefinition,
    signal: AbortSignal,
  ): Promise<PluginApp> {
    const manifest = candidate.manifest ?? { id: candidate.id, title: candidate.id };
    const coming = runAs(candidate.id, () =>
      createPluginApp(candidate.id, manifest, host.module, definition.module, {
        audit: this.audit,
        clock: this.clock,
        permissions: this.permissions.known(),
      }),
    );
    try {
      return await unlessAborted(signal, coming);
    } catch (error) {
      if (signal.aborted)
        void coming
          .then((app) => app.nest.close())
          .catch((late: unknown) => this.log.warn({ err: late }, 'a late plugin failed'));
      throw error;
    }
  }

  private async setUp(running: RunningPlugin, signal: AbortSignal): Promise<void> {
    try {
      await unlessAborted(
        signal,
        runAs(running.id, async () => running.definition.lifecycle?.setup?.(running.context(signal))),
      );
      for (const token of Object.values(running.definition.provides ?? {})) running.context().get(token);
    } catch (error) {
      await running.stop(1_000, () => undefined);
      throw setupFailure(error);
    }
  }
}

/** Waits for `promise`, but no longer than until the signal aborts. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const OUTCOMES: Readonly<Record<string, readonly [PluginState, PluginReason]>> = {
  'not-ready': ['retrying', 'not-ready'],
  'needs-auth': ['needs-auth', 'needs-auth'],
  misconfigured: ['misconfigured', 'misconfigured'],
  fatal: ['quarantined', 'setup-failed'],
};

function setupFailure(error: unknown): StartFailure {
  if (error instanceof StartFailure) return error;
  const [state, reason] = OUTCOMES[SetupError.is(error) ? error.kind : 'fatal'];
  return new StartFailure(state, reason, detailOf(error), { cause: error });
}
