import type { DynamicModule, Type } from '@nestjs/common';
import type { MigrationInterface } from 'typeorm';
import type { PluginContext, Rendered, Token, ViewContext } from './context.js';
import type { PluginEvent } from './host.js';
import type { SettingDefinition } from './settings.js';
import type { SocketDefinition } from './socket.js';
import type { VideoProvider } from './video.js';

/** The code half of a plugin. Pure data and functions: making it, and importing the module that makes it, has no side effect. */
export interface PluginDefinition {
  /** Root module of the plugin's own Nest application. Host services can be injected in it without importing anything. */
  readonly module?: Type | DynamicModule;
  /** TypeORM entities of the plugin's own schema, without `schema` of their own. Declaring any gives it a role and a `DataSource` to inject. */
  readonly entities?: readonly Type[];
  /** Hand-written migrations of the own schema, oldest first. They run in one transaction before the module starts. */
  readonly migrations?: readonly Type<MigrationInterface>[];
  readonly settings?: readonly SettingDefinition[];
  /** Capability slots, each by the class in the plugin's module that implements it. */
  readonly provides?: { readonly 'video@1'?: Token<VideoProvider> };
  /** Durable events by exact type; each handler is called at least once per event, in order per key. */
  readonly on?: Readonly<Record<string, (event: PluginEvent, context: PluginContext) => Promise<void>>>;
  /** Work that repeats. One server process does each run. */
  readonly jobs?: readonly JobDefinition[];
  /** Pages at `/admin/plugins/<id>/<panel>`, for those who manage plugins. */
  readonly panels?: Readonly<Record<string, PanelDefinition>>;
  /** Cards in pages of the core, by page slot, e.g. `admin.dashboard`. */
  readonly slots?: Readonly<Record<string, SlotDefinition>>;
  readonly sockets?: readonly SocketDefinition[];
  readonly lifecycle?: {
    /** Called after the module has started, before anything else is. Throw `SetupError` to say what should happen next. */
    setup?(context: PluginContext): Promise<void>;
    /** Asked now and then while active. Throw to say "degraded" with a reason. */
    health?(context: PluginContext): Promise<void>;
    /** Called before the module is closed. */
    teardown?(context: PluginContext): Promise<void>;
  };
}

export interface JobDefinition {
  readonly name: string;
  /** 5 or more. */
  readonly everySeconds: number;
  run(context: PluginContext): Promise<void>;
}

export interface PanelDefinition {
  /** Key in the plugin's own locale file. */
  readonly title: string;
  render(context: ViewContext): Promise<Rendered> | Rendered;
}

export interface SlotDefinition {
  render(context: ViewContext): Promise<Rendered> | Rendered;
}

/**
 * Declares a plugin; the default export of its package.
 *
 * @example
 * ```ts
 * export default definePlugin({
 *   module: HelloModule,
 *   panels: { about: { title: 'about.title', render: (context) => context.view('about', { count: 3 }) } },
 * });
 * ```
 */
export const definePlugin = (definition: PluginDefinition): PluginDefinition => Object.freeze({ ...definition });
