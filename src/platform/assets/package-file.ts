import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * A file inside an installed package, found by walking up to its `node_modules`. For files that are data (fonts, stylesheets):
 * resolving them as modules depends on what the package exports.
 */
export function packageFile(name: string, file: string): string {
  for (let dir = import.meta.dirname; ; dir = path.dirname(dir)) {
    const found = path.join(dir, 'node_modules', name, file);
    if (existsSync(found)) return found;
    if (dir === path.dirname(dir)) throw new Error(`${name}/${file} is not installed: run "npm ci"`);
  }
}
