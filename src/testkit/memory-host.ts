import type { DynamicModule, Provider } from '@nestjs/common';
import {
  Audit,
  Clock,
  Encounters,
  Events,
  Links,
  Live,
  Log,
  PluginModuleContext,
  Settings,
  type AuditNote,
  type HostNeed,
  type LogFacts,
  type PluginDefinition,
  type PluginManifest,
  type PresenceReport,
} from '@alcove/sdk';
import { DataSource } from 'typeorm';

export interface MemoryHostOptions {
  /** What the environment or an administrator would have set; the declared defaults count otherwise. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Held still when given. */
  readonly now?: () => Date;
  readonly dataSource?: DataSource;
}

/** A server for one plugin that keeps everything in memory, where a test can look at it. */
export interface MemoryHost {
  /** To import beside the plugin's own module. */
  readonly module: DynamicModule;
  readonly log: { level: 'debug' | 'info' | 'warn' | 'error'; message: string; facts: LogFacts; error?: unknown }[];
  readonly audit: { verb: string; entry: AuditNote }[];
  readonly events: { verb: string; key: string; payload: Readonly<Record<string, string>> }[];
  readonly presence: PresenceReport[];
}

class MemoryHostModule {}

export function memoryHost(
  manifest: PluginManifest,
  definition: PluginDefinition,
  options: MemoryHostOptions = {},
): MemoryHost {
  const kept: Omit<MemoryHost, 'module'> = { log: [], audit: [], events: [], presence: [] };
  const providers: Exclude<Provider, () => void>[] = [
    { provide: PluginModuleContext, useValue: { id: manifest.id, version: '0.0.0', path: `/p/${manifest.id}` } },
    { provide: Log, useValue: memoryLog(kept) },
    { provide: Clock, useValue: { now: options.now ?? (() => new Date()) } satisfies Clock },
    { provide: Settings, useValue: memorySettings(definition, options.settings ?? {}) },
    { provide: Live, useValue: memoryLive() },
    {
      provide: Events,
      useValue: {
        publish: async (verb, key, payload) => void kept.events.push({ verb, key, payload }),
      } satisfies Events,
    },
    {
      provide: Audit,
      useValue: { record: async (verb, entry = {}) => void kept.audit.push({ verb, entry }) } satisfies Audit,
    },
    { provide: Links, useValue: memoryLinks(manifest.id) },
    ...(options.dataSource ? [{ provide: DataSource, useValue: options.dataSource }] : []),
    ...granted(manifest, kept),
  ];
  const exports = providers.map((provider) => ('provide' in provider ? provider.provide : provider));
  return { ...kept, module: { module: MemoryHostModule, global: true, providers, exports } };
}

/** As on a server: what the manifest does not ask for is not there. */
function granted(manifest: PluginManifest, kept: Omit<MemoryHost, 'module'>) {
  const offers: Readonly<Record<HostNeed, { provide: typeof Encounters; useValue: Encounters }>> = {
    'encounters:presence': {
      provide: Encounters,
      useValue: { presence: async (report) => void kept.presence.push(report) },
    },
  };
  return (manifest.needs ?? []).map((need) => offers[need]);
}

const memoryLog = ({ log }: Omit<MemoryHost, 'module'>): Log => ({
  debug: (message, facts = {}) => void log.push({ level: 'debug', message, facts }),
  info: (message, facts = {}) => void log.push({ level: 'info', message, facts }),
  warn: (message, facts = {}) => void log.push({ level: 'warn', message, facts }),
  error: (message, error, facts = {}) => void log.push({ level: 'error', message, facts, error }),
});

function memorySettings(definition: PluginDefinition, values: Readonly<Record<string, string>>): Settings {
  const text = async (key: string): Promise<string | undefined> => {
    const setting = definition.settings?.find((one) => one.key === key);
    if (!setting) throw new Error(`the setting ${key} is not declared`);
    return values[key] ?? (setting.default === undefined ? undefined : String(setting.default));
  };
  return {
    text,
    number: async (key) => {
      const value = await text(key);
      return value === undefined ? undefined : Number(value);
    },
    flag: async (key) => /^(true|1)$/i.test((await text(key)) ?? ''),
  };
}

function memoryLive(): Live {
  const listeners = new Map<string, Set<(data: Readonly<Record<string, string>>) => void>>();
  return {
    publish: async (topic, data) => listeners.get(topic)?.forEach((listener) => listener(data)),
    subscribe: (topic, listener) => {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}

const memoryLinks = (id: string): Links => ({
  panel: (name) => `/admin/plugins/${id}/${name}`,
  route: (path) => `/p/${id}${path.startsWith('/') ? path : `/${path}`}`,
  asset: (file) => `/assets/${id}/memory/${file}`,
});
