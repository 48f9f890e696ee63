import type { PluginManifest, SettingDefinition } from '@alcove/sdk';
import type { Principal } from '../access/principal.js';
import type { Contribution } from './contributions.js';

/** States of a plugin, in the order of its life. */
export const PLUGIN_STATES = [
  'found',
  'invalid',
  'incompatible',
  'duplicate-sdk',
  'unapproved',
  'modified',
  'awaiting-review',
  'disabled',
  'starting',
  'active',
  'degraded',
  'retrying',
  'needs-auth',
  'misconfigured',
  'quarantined',
] as const;
export type PluginState = (typeof PLUGIN_STATES)[number];

/** Why a plugin is in its state, as a code; the admin page has a sentence for each. */
export const PLUGIN_REASONS = [
  'manifest',
  'sdk-range',
  'second-copy',
  'not-approved',
  'safe-mode',
  'vanished',
  'not-built',
  'import',
  'polluted',
  'definition',
  'database',
  'entities',
  'migration',
  'module',
  'no-policy',
  'views',
  'setup-late',
  'setup-failed',
  'not-ready',
  'needs-auth',
  'misconfigured',
  'health',
  'provider',
  'crashed',
  'blocked',
  'strikes',
] as const;
export type PluginReason = (typeof PLUGIN_REASONS)[number];

/** What those who manage plugins see of one. Plain data. */
export interface PluginStatus {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly state: PluginState;
  readonly reason: PluginReason | null;
  /** For the operator, in English, one fault a line; no PHI. */
  readonly detail: string | null;
  readonly enabled: boolean;
  /** Whether enabling or retrying it makes sense. */
  readonly startable: boolean;
  readonly running: boolean;
  readonly manifest?: PluginManifest;
  /** Capability slots it was chosen for. */
  readonly chosenFor: readonly string[];
  /** Where it keeps data: nothing, its own schema under its own role, or its own schema under the server's role. */
  readonly storage: 'none' | 'own-role' | 'shared-role';
  /** Titles are keys of the plugin's own words. */
  readonly panels: readonly { readonly name: string; readonly title: string }[];
  readonly hasSettings: boolean;
}

export interface PluginSettingStatus {
  readonly definition: SettingDefinition;
  readonly source: 'environment' | 'saved' | 'default' | 'none';
  /** Null for secrets and for what has no value. */
  readonly value: string | null;
}

/** Who looks at a panel, as far as a plugin's views need it. */
export interface PanelViewer {
  readonly locale: string;
  /** IANA zone. */
  readonly timeZone: string;
  /** For forms in panels. */
  readonly csrfToken?: string;
}

/** Why a typed setting was not taken. */
export type SettingFault = 'required' | 'number' | 'choice' | 'long' | 'pattern';

/**
 * Managing plugins, in all server processes at once; implemented by the kernel. Callers have checked `plugins:manage`. Unknown ids answer
 * `not-found`.
 */
export abstract class PluginAdmin {
  abstract list(): PluginStatus[];
  abstract one(id: string): PluginStatus;
  abstract enable(who: Principal, id: string): Promise<void>;
  abstract disable(who: Principal, id: string): Promise<void>;
  /** Forgets strikes and quarantine and starts again. */
  abstract retry(who: Principal, id: string): Promise<void>;
  /** Makes this plugin the provider of a capability slot. */
  abstract choose(who: Principal, id: string, slot: string): Promise<void>;
  /** One panel, drawn; with `failure` when the plugin could not. */
  abstract panel(id: string, name: string, viewer: PanelViewer): Promise<Contribution>;
  abstract settings(id: string): Promise<PluginSettingStatus[]>;
  /** Checks what was typed (absent keys stay as they are), stores all or nothing, and starts the plugin anew. Faults by key, none when stored. */
  abstract saveSettings(
    who: Principal,
    id: string,
    typed: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, SettingFault>>>;
}
