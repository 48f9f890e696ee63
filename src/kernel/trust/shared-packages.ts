import { realpathSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Packages of which the server and a plugin must share one copy, because class identity crosses the line. */
export const SHARED_PACKAGES = [
  '@alcove/sdk',
  '@nestjs/common',
  '@nestjs/core',
  'typeorm',
  'reflect-metadata',
  'rxjs',
] as const;

/**
 * Shared packages that `folder` would load from somewhere else than the server does, as one line each. A package the plugin cannot see at
 * all is no second copy: its import fails with a clear message of its own.
 */
export function secondCopies(folder: string): string[] {
  const from = pathToFileURL(path.join(folder, 'package.json')).href;
  return SHARED_PACKAGES.flatMap((name) => {
    const ours = locate(name, import.meta.url);
    const theirs = locate(name, from);
    if (!ours || !theirs || ours === theirs) return [];
    return [`${name} would be loaded twice: move it to peerDependencies and remove ${path.dirname(theirs)}`];
  });
}

function locate(name: string, from: string): string | undefined {
  try {
    const file = findPackageJSON(name, from);
    return file ? realpathSync(file) : undefined;
  } catch (error) {
    // Thrown when nothing of that name can be found from there.
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
