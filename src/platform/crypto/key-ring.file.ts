import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../errors/domain-error.js';
import { systemCode } from '../process/error-facts.js';
import { keyRingError } from './crypto.errors.js';
import { newKeyRing, parseKeyRing, serialiseKeyRing, type KeyRing } from './key-ring.js';

export interface KeyRingSettings {
  /** `<data dir>/keys.json`. */
  readonly file: string;
  /** The JSON itself, from ALCOVE_KEY_RING; wins over the file, which is then neither read nor made. */
  readonly inline?: string;
}

const INLINE = 'ALCOVE_KEY_RING';

/**
 * The key ring of this installation; makes one only where nothing was encrypted yet.
 *
 * Errors: `keys-missing` (data but no file), `keys-open-to-others` (mode wider than 0600), `keys-malformed`, `keys-unreadable`.
 */
export async function loadOrCreateKeyRing(settings: KeyRingSettings & { databaseHasKeys: boolean }): Promise<KeyRing> {
  if (settings.inline !== undefined) return parseKeyRing(settings.inline, INLINE);
  const existing = await readKeyRingFile(settings.file);
  if (existing) return existing;
  if (settings.databaseHasKeys) throw keyRingError('keys-missing', settings.file);
  return createKeyRingFile(settings.file);
}

/** The ring in `file`, or undefined when there is no such file. */
export async function readKeyRingFile(file: string): Promise<KeyRing | undefined> {
  let text: string;
  try {
    const { mode } = await stat(file);
    // Windows has no such bits: its files answer 0666 whatever their access list says.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw keyRingError('keys-open-to-others', file);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error instanceof DomainError ? error : keyRingError('keys-unreadable', file, error);
  }
  return parseKeyRing(text, file);
}

/** Writes a new ring unless another process was faster; answers the ring that is in the file then. */
export async function createKeyRingFile(file: string, ring: KeyRing = newKeyRing()): Promise<KeyRing> {
  return withTemporary(file, ring, async (temporary) => {
    try {
      // A hard link, unlike a rename, fails when the file is there: of two processes starting together one wins.
      await link(temporary, file);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    await unlink(temporary);
    await syncFolder(file);
    const written = await readKeyRingFile(file);
    if (!written) throw keyRingError('keys-unreadable', file);
    return written;
  });
}

/** Replaces the ring in `file` in one step: after a power cut there is the old or the new ring, never half of one. */
export async function replaceKeyRingFile(file: string, ring: KeyRing): Promise<void> {
  await withTemporary(file, ring, async (temporary) => {
    await rename(temporary, file);
    await syncFolder(file);
  });
}

async function withTemporary<T>(file: string, ring: KeyRing, use: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(serialiseKeyRing(ring));
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await use(temporary);
  } catch (error) {
    throw error instanceof DomainError ? error : keyRingError('keys-unreadable', file, error);
  }
}

async function syncFolder(file: string): Promise<void> {
  // A folder cannot be opened on Windows, where the rename itself is durable enough to be all there is.
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
