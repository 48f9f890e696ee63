import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { PluginManifest } from '@alcove/sdk';
import { StartFailure } from '../lifecycle/states.js';
import { detailOf } from '../lifecycle/detail.js';
import { checkManifest } from './manifest-check.js';

/** A folder that looks like a plugin. */
export interface Candidate {
  /** Id of the manifest, or the folder's name when the manifest says none. */
  readonly id: string;
  readonly folder: string;
  /** First-party plugins are part of the release; installed ones need an approval. */
  readonly source: 'first-party' | 'installed';
  readonly version: string;
  readonly peers: Readonly<Record<string, string>>;
  /** Absent when the manifest is not valid. */
  readonly manifest?: PluginManifest;
  /** One line per fault of the manifest. */
  readonly faults: readonly string[];
  /** The module to import; absent when package.json names none. */
  readonly entry?: string;
}

interface PackageJson {
  readonly version?: unknown;
  readonly exports?: unknown;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly alcove?: unknown;
}

/** Every plugin in the given folders, by id; of two with one id the first counts. */
export function discover(roots: readonly { folder: string; source: Candidate['source'] }[]): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { folder, source } of roots) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort()) {
      if (!existsSync(path.join(folder, name, 'package.json'))) continue;
      const candidate = read(realpathSync(path.join(folder, name)), name, source);
      if (!found.has(candidate.id)) found.set(candidate.id, candidate);
    }
  }
  return [...found.values()];
}

function read(folder: string, name: string, source: Candidate['source']): Candidate {
  const base = { id: name, folder, source, version: '0.0.0', peers: {} };
  let json: PackageJson;
  try {
    json = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageJson;
  } catch (error) {
    return { ...base, faults: [`package.json: ${detailOf(error)}`] };
  }
  const facts = {
    ...base,
    version: typeof json.version === 'string' ? json.version : '0.0.0',
    peers: json.peerDependencies ?? {},
    entry: entryOf(folder, json.exports),
  };
  const check = checkManifest(json.alcove, name);
  return check.ok ? { ...facts, manifest: check.manifest, faults: [] } : { ...facts, faults: check.lines };
}

/** The module behind `exports["."]`, as Node would resolve `import '<name>'`. */
function entryOf(folder: string, exports: unknown): string | undefined {
  const target = typeof exports === 'object' && exports !== null && '.' in exports ? exports['.'] : exports;
  const file = pick(target);
  if (file === undefined) return undefined;
  const entry = path.resolve(folder, file);
  return entry.startsWith(folder + path.sep) ? entry : undefined;
}

function pick(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null) return undefined;
  for (const [condition, value] of Object.entries(target))
    if (condition === 'node' || condition === 'import' || condition === 'default') return pick(value);
  return undefined;
}

/** The entry of a candidate, or the reason why there is none. */
export function entryFor(candidate: Candidate): string {
  if (!candidate.entry)
    throw new StartFailure('quarantined', 'definition', 'package.json: exports["."] names no module inside the folder');
  if (!existsSync(candidate.entry)) {
    const file = path.relative(candidate.folder, candidate.entry);
    throw new StartFailure('quarantined', 'not-built', `${file} is not there: build the plugin`);
  }
  return candidate.entry;
}
