import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformFileSync } from '@swc/core';

const root = path.resolve(import.meta.dirname, '../..');

export interface Compiled {
  /** Folder with the same tree as `src`. */
  readonly folder: string;
  remove(): void;
}

/**
 * Compiles folders of `src` for a child process to run, without types and without touching the build: tests that kill processes
 * need real ones. It lies below the checkout, so that packages are found.
 */
export function compileSources(...folders: string[]): Compiled {
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  const top = mkdtempSync(path.join(root, 'dist/.test-'));
  copyFileSync(path.join(root, 'package.json'), path.join(top, 'package.json'));
  const folder = path.join(top, 'dist');
  for (const part of folders) compileFolder(part, folder);
  return { folder, remove: () => rmSync(top, { recursive: true, force: true }) };
}

function compileFolder(part: string, target: string): void {
  for (const entry of readdirSync(path.join(root, 'src', part), { withFileTypes: true, recursive: true })) {
    const source = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || /\.spec\.ts$|\.d\.ts$|\/(dist|node_modules)\//.test(source)) continue;
    const output = path.join(target, path.relative(path.join(root, 'src'), source));
    mkdirSync(path.dirname(output), { recursive: true });
    if (source.endsWith('.ts')) writeFileSync(output.replace(/\.ts$/, '.js'), transformFileSync(source, SWC).code);
    else copyFileSync(source, output);
  }
}

const SWC = {
  configFile: false,
  swcrc: false,
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
} as const;
