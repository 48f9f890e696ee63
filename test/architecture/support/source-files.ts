import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../../..');

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly file: string;
  readonly source: string;
}

/** Files of our own below `folders` whose name ends so; builds and packages of others are not ours. */
export function sourceFiles(folders: readonly string[], endings: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) => {
    const dir = path.join(ROOT, folder);
    if (!existsSync(dir)) return [];
    return readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .map((local) => path.posix.join(folder, local.split(path.sep).join('/')))
      .filter((file) => endings.some((ending) => file.endsWith(ending)) && !/(^|\/)(node_modules|dist)\//.test(file))
      .sort()
      .map((file) => ({ file, source: readFileSync(path.join(ROOT, file), 'utf8') }));
  });
}
