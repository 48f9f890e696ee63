import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../platform/config/config.js';
import { createKeyRingFile } from '../platform/crypto/key-ring.file.js';
import type { KeyRing } from '../platform/crypto/key-ring.js';
import { kitGroups, restoreKit } from '../platform/crypto/recovery-kit.js';
import { DomainError } from '../platform/errors/domain-error.js';
import { FatalError } from '../platform/process/fatal.js';

/** Far more than any kit; keeps a wrong file out of memory. */
const MOST_BYTES = 64 * 1024;

/**
 * Where the key file of this installation goes.
 * @throws FatalError when there is one already, or when the keys come from the environment.
 */
export function freeKeyFile(config: Config): string {
  if (config.keys.inline !== null)
    throw new FatalError('ALCOVE_KEY_RING is set, so the keys come from there and a key file would not be read.');
  const file = config.data.file('keys.json');
  if (existsSync(file)) throw keyFileThere(file);
  return file;
}

/**
 * Makes the key file again from the text of a recovery kit. Never overwrites one, not even one that appears meanwhile.
 * @throws FatalError in one line that quotes nothing of the kit; DomainError `keys-unreadable` when the file cannot be written.
 */
export async function restoreKeyFile(file: string, text: string): Promise<void> {
  const ring = ringOf(kitGroups(text));
  const written = await createKeyRingFile(file, ring);
  if (!isDeepStrictEqual(written, ring)) throw keyFileThere(file);
}

/**
 * All that is typed or piped, as text.
 * @throws FatalError for more than a kit can be.
 */
export async function typedText(input: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const next = Buffer.from(chunk);
    bytes += next.length;
    if (bytes > MOST_BYTES) throw new FatalError('This is longer than any recovery kit.');
    chunks.push(next);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function ringOf(groups: readonly string[]): KeyRing {
  if (groups.length === 0) throw new FatalError('No groups of a recovery kit came in.');
  try {
    return restoreKit(groups);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'kit-invalid') throw error;
    const group = Number(error.details.group);
    throw new FatalError(
      group > 0
        ? `kit-invalid: Group ${group} of ${groups.length} has a typing mistake. Nothing was written.`
        : 'kit-invalid: Every group is well-formed, but groups are missing or from two kits. Nothing was written.',
    );
  }
}

const keyFileThere = (file: string): FatalError =>
  new FatalError(`There is a key file already: ${file}. Move it away first; it is never overwritten.`);
