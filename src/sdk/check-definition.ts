import type { PluginManifest } from './manifest.js';
import type { PluginDefinition } from './plugin.js';

const KEYS: ReadonlySet<string> = new Set([
  'module',
  'entities',
  'migrations',
  'settings',
  'provides',
  'on',
  'jobs',
  'panels',
  'slots',
  'sockets',
  'lifecycle',
] satisfies (keyof PluginDefinition)[]);
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const SHORTEST_PAUSE = 5;

/**
 * Where the code of a plugin says something else than its manifest, or something impossible: one line each, none when all is well. The
 * server and the test kit ask the same function.
 */
export function definitionFaults(manifest: PluginManifest, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return ['default export: must be definePlugin({ ... })'];
  const definition = value as PluginDefinition;
  return [
    ...Object.keys(definition)
      .filter((key) => !KEYS.has(key))
      .map((key) => `default export: unknown key "${key}"`),
    ...differences('provides', manifest.provides ?? [], keys(definition.provides)),
    ...differences('ui.panels', manifest.ui?.panels ?? [], keys(definition.panels)),
    ...differences('ui.slots', manifest.ui?.slots ?? [], keys(definition.slots)),
    ...differences('sockets', manifest.sockets ?? [], definition.sockets?.map((socket) => socket.path) ?? []),
    ...settingFaults(definition),
    ...jobFaults(definition),
    ...(definition.sockets ?? [])
      .filter((socket) => socket.reason.trim() === '')
      .map((socket) => `sockets "${socket.path}": needs a reason why it may be public`),
    ...(keys(definition.provides).length > 0 && !definition.module
      ? ['provides: needs a module whose providers implement it']
      : []),
  ];
}

const keys = (record: object | undefined): string[] => Object.keys(record ?? {});

function differences(what: string, manifest: readonly string[], code: readonly string[]): string[] {
  return [
    ...manifest
      .filter((name) => !code.includes(name))
      .map((name) => `${what}: the manifest has "${name}", the code does not`),
    ...code
      .filter((name) => !manifest.includes(name))
      .map((name) => `${what}: the code has "${name}", the manifest does not`),
  ];
}

function settingFaults(definition: PluginDefinition): string[] {
  const settings = definition.settings ?? [];
  const seen = new Set<string>();
  return settings.flatMap(({ key, kind, options, default: fallback }) => {
    const lines: string[] = [];
    if (!NAME.test(key)) lines.push(`settings "${key}": use lower case letters, digits and single hyphens`);
    if (seen.has(key)) lines.push(`settings "${key}": is declared twice`);
    seen.add(key);
    if (kind === 'choice' && keys(options).length === 0) lines.push(`settings "${key}": a choice needs options`);
    if (kind === 'secret' && fallback !== undefined) lines.push(`settings "${key}": a secret has no default`);
    return lines;
  });
}

const jobFaults = (definition: PluginDefinition): string[] =>
  (definition.jobs ?? []).flatMap(({ name, everySeconds }) => [
    ...(NAME.test(name) ? [] : [`jobs "${name}": use lower case letters, digits and single hyphens`]),
    ...(everySeconds >= SHORTEST_PAUSE ? [] : [`jobs "${name}": everySeconds must be ${SHORTEST_PAUSE} or more`]),
  ]);
