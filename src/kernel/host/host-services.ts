import {
  Audit,
  Clock,
  Events,
  Links,
  Live,
  Log,
  PluginModuleContext,
  Settings,
  type AuditNote,
  type LogFacts,
  type SettingDefinition,
} from '@alcove/sdk';
import type { Principal } from '../../platform/access/principal.js';
import type { Assets } from '../../platform/assets/assets.js';
import type { AuditWriter } from '../../platform/audit/audit-writer.js';
import type { Clock as CoreClock } from '../../platform/clock.js';
import type { LiveBus } from '../../platform/live/live-bus.js';
import type { Log as CoreLog } from '../../platform/logging/log.js';
import type { Work } from '../../platform/work/work.js';
import { runAs, runAsCore } from '../isolation/running.js';
import type { PluginSettings } from './plugin-settings.js';

const VERB = /^[a-z][a-z0-9-]*$/;

/** A plugin acting for itself: it has no permissions of the core's. */
export const pluginPrincipal = (pluginId: string): Principal => ({
  kind: 'plugin',
  id: pluginId,
  permissions: new Set(),
});

export class HostContext extends PluginModuleContext {
  readonly path: string;
  constructor(
    readonly id: string,
    readonly version: string,
  ) {
    super();
    this.path = `/p/${id}`;
  }
}

export class HostLog extends Log {
  private readonly log: CoreLog;
  constructor(pluginId: string, log: CoreLog) {
    super();
    this.log = log.child({ plugin: pluginId });
  }
  debug(message: string, facts: LogFacts = {}): void {
    this.log.debug({ facts }, message);
  }
  info(message: string, facts: LogFacts = {}): void {
    this.log.info({ facts }, message);
  }
  warn(message: string, facts: LogFacts = {}): void {
    this.log.warn({ facts }, message);
  }
  error(message: string, error?: unknown, facts: LogFacts = {}): void {
    this.log.error({ err: error, facts }, message);
  }
}

export class HostClock extends Clock {
  constructor(private readonly clock: CoreClock) {
    super();
  }
  now(): Date {
    return this.clock.now();
  }
}

export class HostSettings extends Settings {
  constructor(
    private readonly pluginId: string,
    private readonly declared: readonly SettingDefinition[],
    private readonly store: PluginSettings,
  ) {
    super();
  }
  async text(key: string): Promise<string | undefined> {
    const setting = this.declared.find((one) => one.key === key);
    if (!setting) throw new Error(`the setting ${key} is not declared`);
    return runAsCore(() => this.store.read(this.pluginId, setting));
  }
  async number(key: string): Promise<number | undefined> {
    const text = await this.text(key);
    return text === undefined ? undefined : Number(text);
  }
  async flag(key: string): Promise<boolean> {
    return /^(true|1)$/i.test((await this.text(key)) ?? '');
  }
}

/** Ends with the plugin: what it forgot to unsubscribe is unsubscribed for it. */
export class HostLive extends Live {
  private readonly stops = new Set<() => void>();
  constructor(
    private readonly pluginId: string,
    private readonly bus: LiveBus,
    private readonly onError: (error: unknown) => void,
  ) {
    super();
  }
  async publish(topic: string, data: Readonly<Record<string, string>>): Promise<void> {
    await runAsCore(() => this.bus.publish(this.topic(topic), 'message', data));
  }
  subscribe(topic: string, listener: (data: Readonly<Record<string, string>>) => void): () => void {
    const unsubscribe = this.bus.subscribe(this.topic(topic), (signal) => {
      try {
        runAs(this.pluginId, () => listener(signal.data));
      } catch (error) {
        this.onError(error);
      }
    });
    const stop = (): void => {
      unsubscribe();
      this.stops.delete(stop);
    };
    this.stops.add(stop);
    return stop;
  }
  close(): void {
    for (const stop of this.stops) stop();
  }
  private topic(topic: string): string {
    return `plugin:${this.pluginId}:${topic}`;
  }
}

export class HostEvents extends Events {
  constructor(
    private readonly pluginId: string,
    private readonly work: Work,
  ) {
    super();
  }
  async publish(verb: string, key: string, payload: Readonly<Record<string, string>>): Promise<void> {
    if (!VERB.test(verb)) throw new Error('the verb of an event is lower case letters, digits and hyphens');
    const type = `${this.pluginId}.${verb}`;
    await runAsCore(() =>
      this.work.run(pluginPrincipal(this.pluginId), async (tx) => {
        tx.emit(type, key, payload);
        tx.audit({ action: type, object: `plugin:${this.pluginId}` });
      }),
    );
  }
}

export class HostAudit extends Audit {
  constructor(
    private readonly pluginId: string,
    private readonly writer: AuditWriter,
  ) {
    super();
  }
  async record(verb: string, entry: AuditNote = {}): Promise<void> {
    if (!VERB.test(verb)) throw new Error('the verb of an audit entry is lower case letters, digits and hyphens');
    const { object, outcome, reason, facts } = entry;
    await runAsCore(() =>
      this.writer.record(pluginPrincipal(this.pluginId), {
        action: `${this.pluginId}.${verb}`,
        object,
        outcome,
        reason,
        facts,
      }),
    );
  }
}

export class HostLinks extends Links {
  constructor(
    private readonly pluginId: string,
    private readonly assets: Assets,
  ) {
    super();
  }
  panel(name: string): string {
    return `/admin/plugins/${this.pluginId}/${encodeURIComponent(name)}`;
  }
  route(path: string): string {
    return `/p/${this.pluginId}${path.startsWith('/') ? path : `/${path}`}`;
  }
  asset(file: string): string {
    return this.assets.urlOf(this.pluginId, file);
  }
}
