import { existsSync, readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PluginManifest } from '@alcove/sdk';

export interface PackageJson {
  readonly name?: string;
  readonly type?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly alcove?: PluginManifest;
}

/** The plugin that a test file belongs to: the nearest folder above it whose package.json has an `alcove` object. */
export interface PluginFolder {
  readonly root: string;
  readonly packageJson: PackageJson;
  readonly manifest: PluginManifest;
}

export function pluginFolder(testUrl: string): PluginFolder {
  for (let at = path.dirname(fileURLToPath(testUrl)); ; at = path.dirname(at)) {
    const file = path.join(at, 'package.json');
    if (existsSync(file)) {
      const packageJson = readJson<PackageJson>(file);
      if (!packageJson.alcove) throw new Error(`${file} has no "alcove" object`);
      return { root: at, packageJson, manifest: packageJson.alcove };
    }
    if (at === path.dirname(at)) throw new Error(`there is no package.json above ${testUrl}`);
  }
}

/** The manifest schema that the SDK publishes. */
export function manifestSchema(): object {
  const file = findPackageJSON('@alcove/sdk', import.meta.url);
  if (!file) throw new Error('@alcove/sdk cannot be found');
  return readJson<object>(path.join(path.dirname(file), 'manifest.schema.json'));
}

export const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
