import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What may be served, by ending; a file with another ending stops the boot instead of going out as a guess. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.mp3': 'audio/mpeg',
};

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** Files of one owner under one digest: change any byte and every address changes. */
export interface AssetTree {
  readonly digest: string;
  readonly files: ReadonlyMap<string, Asset>;
}

/** Builds a tree from names (`encounters/room.js`) and contents. Throws for a type of file that is not served. */
export function assetTree(contents: ReadonlyMap<string, Buffer>): AssetTree {
  const hash = createHash('sha256');
  const files = new Map<string, Asset>();
  for (const [name, body] of [...contents].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const type = TYPES[path.posix.extname(name)];
    if (type === undefined) throw new Error(`asset ${name}: files with this ending are not served`);
    hash.update(`${name}\0${body.length}\0`).update(body);
    files.set(name, { type, body });
  }
  return { digest: hash.digest('base64url').slice(0, 16), files };
}

/** Reads a folder into names and contents; links are not followed. */
export function readFolder(dir: string, prefix = ''): Map<string, Buffer> {
  const contents = new Map<string, Buffer>();
  if (!existsSync(dir)) return contents;
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(dir, file).split(path.sep).join('/');
    contents.set(prefix + name, readFileSync(file));
  }
  return contents;
}
