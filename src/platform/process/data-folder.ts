import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemCode } from './error-facts.js';
import { FatalError } from './fatal.js';

/**
 * Makes the data directory with mode 0700, or checks that an existing one can be used.
 * @throws FatalError with one line when it cannot be made or written.
 */
export function prepareDataFolder(folder: string): void {
  try {
    const existed = existsSync(folder);
    makeFolders(folder);
    if (!existed) chmodSync(folder, 0o700);
    if (!statSync(folder).isDirectory()) throw new FatalError(`The data directory ${folder} is not a folder.`);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    throw notWritable(folder, error);
  }
}

/** One by one, since Node's own way of making parents never ends below a folder that takes none, such as `/proc`. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return;
  if (path.dirname(folder) !== folder) makeFolders(path.dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/**
 * Says before anything is made whether the data directory could be; changes nothing.
 * @throws FatalError with one line.
 */
export function checkDataFolder(folder: string): void {
  let nearest = folder;
  while (!existsSync(nearest) && path.dirname(nearest) !== nearest) nearest = path.dirname(nearest);
  if (!statSync(nearest).isDirectory()) {
    throw new FatalError(
      `The data directory ${folder} cannot be made: ${nearest} is not a folder. Set ALCOVE_DATA_DIR.`,
    );
  }
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritable(folder, error);
  }
}

const notWritable = (folder: string, cause: unknown): FatalError =>
  new FatalError(
    `The data directory ${folder} cannot be written (${reason(cause)}). Make it writable, or set ALCOVE_DATA_DIR.`,
    1,
    { cause },
  );

function reason(error: unknown): string {
  switch (systemCode(error)) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    case 'ENOENT':
      return 'nothing can be made there';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'something on its path is not a folder';
    default:
      return systemCode(error) ?? 'unknown reason';
  }
}
