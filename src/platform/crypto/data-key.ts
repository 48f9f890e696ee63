import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { newId } from '../ids.js';
import { KEY_BYTES, masterKey, type KeyRing } from './key-ring.js';
import { keyIdOf, openBytes, sealBytes } from './sealing.js';

/** A key that seals the values of one class. */
export interface DataKey {
  readonly id: string;
  readonly dataClass: string;
  /** 1, 2, 3, ... within its class. */
  readonly version: number;
  /** 256 bit; an object made once, since from plain bytes Node would make one for each value, at four times the cost. */
  readonly key: KeyObject;
}

/** A data key as the database keeps it. */
export interface WrappedKey {
  readonly id: string;
  readonly class: string;
  readonly version: number;
  /** The master key that wraps it. */
  readonly kek_id: string;
  readonly wrapped: Buffer;
}

export function newWrappedKey(ring: KeyRing, dataClass: string, version: number): WrappedKey {
  return wrap(ring, { id: newId(), dataClass, version, key: createSecretKey(randomBytes(KEY_BYTES)) });
}

/** Wraps under the current master key. Its own associated data keeps a wrapped key from being passed off as another class's. */
export function wrap(ring: KeyRing, key: DataKey): WrappedKey {
  const wrapped = sealBytes(masterKey(ring, ring.current), key.id, place(ring.current, key), key.key.export());
  return { id: key.id, class: key.dataClass, version: key.version, kek_id: ring.current, wrapped };
}

/** The key again; `sealed-value-damaged` when the row was touched, `keys-wrong` when the ring lacks its master key. */
export function unwrap(ring: KeyRing, row: WrappedKey): DataKey {
  const identity = { id: row.id, dataClass: row.class, version: row.version };
  keyIdOf(row.wrapped);
  const key = openBytes(masterKey(ring, row.kek_id), place(row.kek_id, identity), row.wrapped);
  return { ...identity, key: createSecretKey(key) };
}

const place = (masterId: string, key: Omit<DataKey, 'key'>): string =>
  JSON.stringify(['core.data_key', key.id, key.dataClass, key.version, masterId]);
