import type { DataSource } from 'typeorm';
import { keyRingError } from './crypto.errors.js';
import type { DataKeyStore } from './data-key.store.js';
import { checkKeyRing } from './key-check.js';
import type { KeyRingHolder } from './key-ring.holder.js';
import { withNewMaster, withoutOldMasters } from './key-ring.js';

/**
 * A new master key for all data keys: the values themselves stay as they are. The file gets the new key before the first data key
 * is wrapped by it, and keeps the old one, so that an interruption at any point leaves everything readable; run `rewrapAll` again then.
 * A recovery kit from before does not hold the new key: hand out a new kit. Answers how many data keys were rewrapped.
 */
export async function rotateMaster(
  dataSource: DataSource,
  holder: KeyRingHolder,
  keys: DataKeyStore,
): Promise<{ current: string; rewrapped: number }> {
  await holder.replace(withNewMaster(await holder.reload()));
  await checkKeyRing(dataSource, holder.ring);
  return { current: holder.ring.current, rewrapped: await keys.rewrapAll() };
}

/**
 * Forgets the master keys that wrap nothing any more. Only after every server process has seen the new one (a minute, or a restart):
 * a process that still wraps under the old key would make data keys nobody can open. `keys-in-use` while one is needed.
 */
export async function forgetOldMasters(
  dataSource: DataSource,
  holder: KeyRingHolder,
  keys: DataKeyStore,
): Promise<void> {
  const ring = await holder.reload();
  const older = (await keys.mastersInUse()).filter((id) => id !== ring.current);
  if (older.length > 0) throw keyRingError('keys-in-use', older.join(', '));
  await holder.replace(withoutOldMasters(ring));
  await dataSource.query('DELETE FROM core.key_check WHERE key_id NOT IN ($1, $2)', ['root', ring.current]);
}
