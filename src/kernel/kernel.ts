import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Express } from 'express';
import { LiveBus } from '../platform/live/live-bus.js';
import { LOG, type Log } from '../platform/logging/log.js';
import { HttpGate } from './isolation/http-gate.js';
import { guardProcess } from './isolation/process-guard.js';
import { SocketGate } from './isolation/socket-gate.js';
import { Watchdog } from './isolation/watchdog.js';
import { DEADLINES, KERNEL_OPTIONS, type KernelOptions } from './kernel.options.js';
import { detailOf } from './lifecycle/detail.js';
import { readCrash, removeCrash } from './lifecycle/crash-file.js';
import { isAbandoned, PluginRecords } from './lifecycle/plugin-record.repository.js';
import { PluginRegistry } from './lifecycle/plugin-registry.js';
import type { PluginUnit } from './lifecycle/plugin-unit.js';
import { UnitFactory } from './lifecycle/unit-factory.js';

/** Topic on which server processes tell each other that a plugin's row changed. */
export const PLUGINS_TOPIC = 'plugins';

/** The two ways into plugins from outside. */
@Injectable()
export class Gates {
  constructor(
    readonly http: HttpGate,
    readonly sockets: SocketGate,
  ) {}
}

/** Runs the plugins of this process and keeps them in step with what is stored. Knows no domain. */
@Injectable()
export class Kernel {
  private unsubscribe?: () => void;
  private unguard?: () => void;
  private watchdog?: Watchdog;
  private started = false;

  constructor(
    private readonly registry: PluginRegistry,
    private readonly records: PluginRecords,
    private readonly factory: UnitFactory,
    private readonly live: LiveBus,
    private readonly gates: Gates,
    @Inject(KERNEL_OPTIONS) private readonly options: KernelOptions,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** This run of this process, in signals to the others. */
  get bootId(): string {
    return this.factory.bootId;
  }

  /** Puts the plugins' routes below `/p/<id>`. Call after the core's middleware and before its routes. */
  mount(app: Express): void {
    app.use('/p/:pluginId', this.gates.http.handle);
  }

  /** For the HTTP server's `upgrade` event; false when the path is no plugin's. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    return this.gates.sockets.upgrade(request, socket, head);
  }

  /**
   * Finds the plugins and starts those that are enabled, all at once. Comes back when they have settled, or after about three
   * seconds: what still starts then goes on by itself. Never throws because of a plugin.
   */
  async start(): Promise<void> {
    for (const candidate of this.factory.discover()) this.registry.add(this.factory.make(candidate));
    await this.remember();
    await this.readTraces();
    this.guard();
    this.unsubscribe = this.live.subscribe(PLUGINS_TOPIC, ({ data }) => {
      if (data.by !== this.factory.bootId) void this.attempt(data.id, data.restart === 'true');
    });
    this.started = true;
    if (this.options.safeMode) {
      await Promise.all(this.registry.all().map((unit) => this.rest(unit)));
      return;
    }
    const settled = Promise.all(this.registry.all().map((unit) => this.attempt(unit.id)));
    const waiting = new AbortController();
    const longest = this.options.deadlines?.boot ?? DEADLINES.boot;
    await Promise.race([settled, sleep(longest, undefined, { signal: waiting.signal }).catch(() => undefined)]);
    waiting.abort();
  }

  /** Stops all plugins, then everything of the kernel's own. */
  async stop(): Promise<void> {
    this.started = false;
    this.unsubscribe?.();
    await Promise.all(this.registry.all().map((unit) => unit.shutDown()));
    this.unguard?.();
    await this.watchdog?.stop();
    this.registry.clear();
  }

  /** Brings one plugin to where its row says it should be. */
  async follow(id: string, restart = false): Promise<void> {
    const unit = this.registry.find(id);
    const record = unit && (await this.records.one(id));
    if (!unit || !record || !unit.isStartable || !this.started) return;
    unit.adopt(record);
    if (this.options.safeMode) return this.rest(unit);
    if (!record.enabled) return unit.stop('disabled');
    if (record.state === 'quarantined') return unit.stop('quarantined', record.reason, record.detail);
    if (restart) await unit.stop('disabled');
    return unit.start();
  }

  /** Puts a plugin out in all processes. */
  async quarantine(id: string, reason: 'crashed' | 'blocked', detail: string): Promise<void> {
    await this.registry.find(id)?.stop('quarantined', reason, detail);
    await this.live.publish(PLUGINS_TOPIC, 'changed', { id, by: this.factory.bootId });
  }

  /** For callers that nobody waits for: the database may be away for a moment, and that is no reason to end. */
  private async attempt(id: string, restart = false): Promise<void> {
    try {
      await this.follow(id, restart);
    } catch (error) {
      this.log.warn({ plugin: id, err: error }, 'plugins: what is stored of a plugin could not be followed');
    }
  }

  private rest(unit: PluginUnit): Promise<void> {
    return unit.isStartable ? unit.stop('disabled', 'safe-mode') : Promise.resolve();
  }

  /** Rows for what lies on disk, and what the rows say of it. */
  private async remember(): Promise<void> {
    const known = new Map((await this.records.all()).map((record) => [record.id, record]));
    for (const unit of this.registry.all()) {
      const before = known.get(unit.id);
      await this.records.meet(
        unit.id,
        unit.candidate.version,
        this.options.enabledByDefault?.includes(unit.id) ?? false,
      );
      // A new version deserves a new chance.
      if (before?.state === 'quarantined' && before.version !== unit.candidate.version)
        await this.records.setState(unit.id, 'found', null, null);
      const record = await this.records.one(unit.id);
      if (record) unit.adopt(record);
      await this.factory.examine(unit);
    }
    for (const record of known.values())
      if (!this.registry.find(record.id)) await this.records.setState(record.id, 'disabled', 'vanished', null);
  }

  /** What earlier lives of the server left behind: a report of the watchdog, and starts that never ended. */
  private async readTraces(): Promise<void> {
    const crash = readCrash(this.options.dataDir);
    if (crash) {
      const seconds = Math.round(crash.blockedMs / 1_000);
      if (crash.pluginId)
        await this.registry.find(crash.pluginId)?.stop('quarantined', 'blocked', `blocked the server for ${seconds} s`);
      this.log.error(
        { plugin: crash.pluginId, blockedMs: crash.blockedMs, frames: crash.frames },
        'plugins: the last process was blocked',
      );
      removeCrash(this.options.dataDir);
    }
    for (const marker of await this.records.markers()) {
      if (!isAbandoned(marker, this.factory.bootId, new Date())) continue;
      await this.registry.find(marker.pluginId)?.strike('the server ended three times while this plugin was starting');
      await this.records.clearStart(marker.bootId, marker.pluginId);
    }
  }

  private guard(): void {
    const folders = () => this.registry.all().map(({ id, candidate }) => ({ id, folder: candidate.folder }));
    const { onFatal } = this.options;
    if (onFatal) {
      this.unguard = guardProcess({
        folders,
        core: onFatal,
        plugin: (id, error) => {
          this.log.error({ plugin: id, err: error }, 'plugins: an error that nobody caught');
          this.quarantine(id, 'crashed', detailOf(error)).catch(onFatal);
        },
      });
    }
    if (this.options.watchdog) {
      this.watchdog = new Watchdog({
        dataDir: this.options.dataDir,
        limitMs: this.options.watchdog.limitMs,
        onError: (error) => this.log.error({ err: error }, 'plugins: the watchdog failed'),
      });
      this.watchdog.start();
      this.watchdog.guard(folders());
    }
  }
}
