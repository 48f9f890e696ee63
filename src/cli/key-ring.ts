import type { Config } from '../platform/config/config.js';
import { readKeyRingFile } from '../platform/crypto/key-ring.file.js';
import { parseKeyRing, type KeyRing } from '../platform/crypto/key-ring.js';
import { FatalError } from '../platform/process/fatal.js';

/**
 * The key ring of this installation; never makes one.
 * @throws FatalError when there is none, DomainError `keys-*` when it cannot be used.
 */
export async function existingKeyRing(config: Config): Promise<KeyRing> {
  if (config.keys.inline !== null) return parseKeyRing(config.keys.inline, 'ALCOVE_KEY_RING');
  const file = config.data.file('keys.json');
  const ring = await readKeyRingFile(file);
  if (ring) return ring;
  throw new FatalError(`There is no key file ${file}. Start Alcove there first, or set ALCOVE_DATA_DIR.`);
}
