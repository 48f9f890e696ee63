import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { poolOf } from '../database/data-source.js';
import { newWrappedKey, unwrap, wrap, type DataKey, type WrappedKey } from './data-key.js';
import type { KeyRingHolder } from './key-ring.holder.js';

/** Data keys held in memory at most; a practice has one per case and a handful of others. */
const CACHED_KEYS = 20_000;
/** How long a process may go on sealing under a data key that another process has rotated away. */
const CURRENT_FOR_MS = 60_000;
const REWRAP_PAGE = 500;

const COLUMNS = 'id, class, version, kek_id, wrapped';

/**
 * Data keys by id and by class, from memory or the database.
 *
 * It reads through a connection of its own: callers seal inside their transactions, and if each of those waited for a second
 * connection of the same pool, a busy pool would wait for itself.
 */
export class DataKeyStore {
  private readonly logger = new Logger(DataKeyStore.name);
  private readonly pool: pg.Pool;
  private readonly byId = new Map<string, DataKey>();
  /** Reads under way: a page that opens a thousand names at once asks the database once. */
  private readonly reading = new Map<string, Promise<Map<string, DataKey>>>();
  private readonly current = new Map<string, { key: Promise<DataKey>; until: number }>();

  constructor(
    dataSource: DataSource,
    private readonly holder: KeyRingHolder,
  ) {
    const { options } = poolOf(dataSource);
    // pg hides the password from enumeration, so a spread alone would lose it.
    this.pool = new pg.Pool({ ...options, password: options.password, max: 1, min: 0, allowExitOnIdle: true });
    // Without a listener a connection that dies while idle would end the process; the next query simply opens another.
    this.pool.on('error', (error: Error) => this.logger.warn(`lost the connection for data keys: ${error.message}`));
  }

  /** The key that seals values of this class now; made on first use. */
  async currentOf(dataClass: string): Promise<DataKey> {
    const known = this.current.get(dataClass);
    if (known && known.until > performance.now()) return known.key;
    const key = this.readOrCreate(dataClass);
    remember(this.current, dataClass, { key, until: performance.now() + CURRENT_FOR_MS });
    key.catch(() => {
      if (this.current.get(dataClass)?.key === key) this.current.delete(dataClass);
    });
    return key;
  }

  /** The keys with these ids, those that exist; one statement for all that are not in memory. */
  async withIds(ids: ReadonlySet<string>): Promise<Map<string, DataKey>> {
    const found = new Map<string, DataKey>();
    const reads = new Set<Promise<Map<string, DataKey>>>();
    const missing: string[] = [];
    for (const id of ids) {
      const key = this.byId.get(id);
      const read = this.reading.get(id);
      if (key) found.set(id, key);
      else if (read) reads.add(read);
      else missing.push(id);
    }
    if (missing.length > 0) {
      const read = this.read(missing).finally(() => missing.forEach((id) => this.reading.delete(id)));
      for (const id of missing) this.reading.set(id, read);
      reads.add(read);
    }
    for (const read of await Promise.all(reads)) {
      for (const [id, key] of read) if (ids.has(id)) found.set(id, key);
    }
    return found;
  }

  /** Starts a new current key for a class; values sealed under the old one still open. Answers the new version. */
  async rotateClass(dataClass: string): Promise<number> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ version: number }>(
        'UPDATE core.data_key SET retired_at = now() WHERE class = $1 AND retired_at IS NULL RETURNING version',
        [dataClass],
      );
      const version = (rows[0]?.version ?? 0) + 1;
      await client.query(INSERT, insertValues(newWrappedKey(this.holder.ring, dataClass, version)));
      await client.query('COMMIT');
      this.current.delete(dataClass);
      client.release();
      return version;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Wraps every data key that an older master key wraps under the current one. Safe to run again after an interruption. */
  async rewrapAll(): Promise<number> {
    let rewrapped = 0;
    for (;;) {
      const { rows } = await this.pool.query<WrappedKey>(
        `SELECT ${COLUMNS} FROM core.data_key WHERE kek_id <> $1 ORDER BY id LIMIT ${REWRAP_PAGE}`,
        [this.holder.ring.current],
      );
      if (rows.length === 0) return rewrapped;
      const next = rows.map((row) => wrap(this.holder.ring, unwrap(this.holder.ring, row)));
      await this.pool.query(
        `UPDATE core.data_key AS k SET kek_id = n.kek_id, wrapped = n.wrapped
           FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS n (id, kek_id, wrapped) WHERE k.id = n.id`,
        [next.map((row) => row.id), next.map((row) => row.kek_id), next.map((row) => row.wrapped)],
      );
      rewrapped += rows.length;
    }
  }

  /** Ids of the master keys that some data key still needs. */
  async mastersInUse(): Promise<string[]> {
    const { rows } = await this.pool.query<{ kek_id: string }>('SELECT DISTINCT kek_id FROM core.data_key');
    return rows.map((row) => row.kek_id);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private async readOrCreate(dataClass: string): Promise<DataKey> {
    for (;;) {
      const { rows } = await this.pool.query<WrappedKey>(
        `SELECT ${COLUMNS} FROM core.data_key WHERE class = $1 AND retired_at IS NULL`,
        [dataClass],
      );
      if (rows[0]) return this.byId.get(rows[0].id) ?? this.unwrapAndKeep(rows[0]);
      // Of two processes that come here together, one inserts and the other reads what the first one made.
      const fresh = newWrappedKey(this.holder.ring, dataClass, 1);
      await this.pool.query(`${INSERT} ON CONFLICT DO NOTHING`, insertValues(fresh));
    }
  }

  private async read(ids: readonly string[]): Promise<Map<string, DataKey>> {
    const { rows } = await this.pool.query<WrappedKey>(
      `SELECT ${COLUMNS} FROM core.data_key WHERE id = ANY($1::uuid[])`,
      [ids],
    );
    const keys = new Map<string, DataKey>();
    for (const row of rows) keys.set(row.id, await this.unwrapAndKeep(row));
    return keys;
  }

  private async unwrapAndKeep(row: WrappedKey): Promise<DataKey> {
    const known = this.holder.ring.masters.has(row.kek_id);
    const key = unwrap(known ? this.holder.ring : await this.holder.reload(), row);
    remember(this.byId, key.id, key);
    return key;
  }
}

const INSERT = 'INSERT INTO core.data_key (id, class, version, kek_id, wrapped) VALUES ($1, $2, $3, $4, $5)';
const insertValues = (row: WrappedKey): unknown[] => [row.id, row.class, row.version, row.kek_id, row.wrapped];

/** Sets, dropping the entry set longest ago when the map is full. */
function remember<Value>(map: Map<string, Value>, id: string, value: Value): void {
  map.delete(id);
  if (map.size >= CACHED_KEYS) {
    const [oldest] = map.keys();
    map.delete(oldest);
  }
  map.set(id, value);
}
