import { timingSafeEqual } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { keyRingError } from './crypto.errors.js';
import { checkValue, type KeyRing } from './key-ring.js';

interface CheckRow {
  readonly key_id: string;
  readonly check_value: Buffer;
}

const ROOT = 'root';

/** Whether anything was ever encrypted here, so that a missing key file is a loss and not a first start. Works before migrating. */
export async function databaseHasKeys(dataSource: DataSource): Promise<boolean> {
  const [{ present }] = await dataSource.query<{ present: boolean }[]>(
    `SELECT to_regclass('core.key_check') IS NOT NULL AND to_regclass('core.data_key') IS NOT NULL AS present`,
  );
  if (!present) return false;
  const [{ used }] = await dataSource.query<{ used: boolean }[]>(
    'SELECT EXISTS (SELECT FROM core.key_check) OR EXISTS (SELECT FROM core.data_key) AS used',
  );
  return used;
}

/**
 * Compares the ring with what the database remembers of its keys, and leaves the check value of keys it does not know yet. Call at
 * every start and after a rotation. `keys-wrong` when the root or a master key differs, or one that is needed is not in the ring.
 */
export async function checkKeyRing(dataSource: DataSource, ring: KeyRing): Promise<void> {
  const expected = new Map([[ROOT, checkValue(ring.root)]]);
  for (const [id, key] of ring.masters) expected.set(id, checkValue(key));
  // The root goes in only where nothing was encrypted: beside other keys, an unknown root is a wrong root.
  const first = !(await databaseHasKeys(dataSource));
  const offered = [...expected].filter(([id]) => first || id !== ROOT);
  await dataSource.query(
    `INSERT INTO core.key_check (key_id, check_value)
     SELECT * FROM unnest($1::text[], $2::bytea[])
      WHERE $3 OR EXISTS (SELECT FROM core.key_check WHERE key_id = '${ROOT}' AND check_value = $4)
     ON CONFLICT (key_id) DO NOTHING`,
    [offered.map(([id]) => id), offered.map(([, value]) => value), first, expected.get(ROOT)],
  );
  const rows = await dataSource.query<CheckRow[]>('SELECT key_id, check_value FROM core.key_check');
  const stored = new Map(rows.map((row) => [row.key_id, row.check_value]));
  for (const [id, value] of expected) {
    const known = stored.get(id);
    if (!known || known.length !== value.length || !timingSafeEqual(known, value)) {
      throw keyRingError('keys-wrong', id === ROOT ? 'the root key differs' : `master key ${id} differs`);
    }
  }
  const needed = await dataSource.query<{ kek_id: string }[]>('SELECT DISTINCT kek_id FROM core.data_key');
  const missing = needed.find((row) => !ring.masters.has(row.kek_id));
  if (missing) throw keyRingError('keys-wrong', `master key ${missing.kek_id} is missing from the key ring`);
}
