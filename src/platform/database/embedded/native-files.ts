import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { systemCode } from '../../process/error-facts.js';
import { FatalError } from '../../process/fatal.js';

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the links between library names that the package's install script would have made; installs with scripts turned off lack them.
 * @returns false where the folder cannot be written.
 */
export function addLibraryLinks(native: string): boolean {
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  try {
    for (const { source, target } of links) {
      // Both are relative to the package, whose folder of files is called "native" whatever our copy is called.
      const link = path.join(native, path.relative('native', target));
      const file = path.join(native, path.relative('native', source));
      if (existsSync(link)) continue;
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.relative(path.dirname(link), file), link);
    }
    return true;
  } catch (error) {
    const code = systemCode(error) ?? '';
    // Another start made the same link at the same moment.
    if (code === 'EEXIST') return addLibraryLinks(native);
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return false;
    throw error;
  }
}

/** Copies the files to `target`, readable by every user; complete or not there at all. */
export function copyNative(native: string, target: string): void {
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o755 });
  const draft = mkdtempSync(`${target}.new-`);
  try {
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    addLibraryLinks(draft);
    makeReadable(draft);
    rmSync(target, { recursive: true, force: true });
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (systemCode(error) === 'ENOSPC')
      throw new FatalError(`No space left for the files of PostgreSQL (60 MB) in ${target}.`);
    throw error;
  }
}

/** A strict umask while npm installed would otherwise keep the unprivileged PostgreSQL from its own files. */
function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(file);
    else if (entry.isFile())
      chmodSync(file, path.basename(folder) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644);
  }
}
