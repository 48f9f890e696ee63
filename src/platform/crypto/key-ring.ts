import { createHmac, createPrivateKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { keyRingError } from './crypto.errors.js';

/** Bytes of every symmetric key: 256 bit. */
export const KEY_BYTES = 32;

/**
 * Everything secret the server starts from. *Master keys* wrap the data keys in the database and can be rotated. The *root* never
 * rotates: blind indexes, derived keys and the audit keys come from it by HKDF, and changing it would orphan them.
 */
export interface KeyRing {
  /** Id of the master key that wraps from now on; 8 hex digits. */
  readonly current: string;
  /** All master keys by id, 32 bytes each; the older ones only unwrap. */
  readonly masters: ReadonlyMap<string, Buffer>;
  /** 32 bytes. */
  readonly root: Buffer;
}

const MASTER_ID = /^[0-9a-f]{8}$/;
const newMasterId = (): string => randomBytes(4).toString('hex');

/** A ring with one fresh master key and a fresh root. */
export function newKeyRing(): KeyRing {
  const id = newMasterId();
  return { current: id, masters: new Map([[id, randomBytes(KEY_BYTES)]]), root: randomBytes(KEY_BYTES) };
}

/** The same ring with one more master key, which becomes the current one. */
export function withNewMaster(ring: KeyRing): KeyRing {
  let id = newMasterId();
  while (ring.masters.has(id)) id = newMasterId();
  return { ...ring, current: id, masters: new Map([...ring.masters, [id, randomBytes(KEY_BYTES)]]) };
}

/** The same ring with only its current master key. Only safe when no data key is wrapped by another one. */
export function withoutOldMasters(ring: KeyRing): KeyRing {
  return { ...ring, masters: new Map([[ring.current, masterKey(ring, ring.current)]]) };
}

/** The current master key, or the one asked for. */
export function masterKey(ring: KeyRing, id: string): Buffer {
  const key = ring.masters.get(id);
  if (!key) throw keyRingError('keys-wrong', `master key ${id} is not in the key ring`);
  return key;
}

/** The JSON that the key file and ALCOVE_KEY_RING hold. */
export function serialiseKeyRing(ring: KeyRing): string {
  const masters = Object.fromEntries([...ring.masters].map(([id, key]) => [id, key.toString('base64url')]));
  return `${JSON.stringify({ format: 1, current: ring.current, masters, root: ring.root.toString('base64url') }, null, 2)}\n`;
}

/** The reverse of `serialiseKeyRing`. `where` names the file or variable in the error (`keys-malformed`), never its content. */
export function parseKeyRing(text: string, where: string): KeyRing {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which is a secret, so it is not kept as a cause.
    throw keyRingError('keys-malformed', where);
  }
  if (!isRecord(json) || json.format !== 1 || !isRecord(json.masters)) throw keyRingError('keys-malformed', where);
  const masters = new Map(Object.entries(json.masters).map(([id, key]) => [id, decodeKey(key, where)]));
  const { current } = json;
  if (typeof current !== 'string' || !masters.has(current) || ![...masters.keys()].every((id) => MASTER_ID.test(id))) {
    throw keyRingError('keys-malformed', where);
  }
  return { current, masters, root: decodeKey(json.root, where) };
}

function decodeKey(text: unknown, where: string): Buffer {
  const key = typeof text === 'string' && /^[\w-]{43}$/.test(text) ? Buffer.from(text, 'base64url') : undefined;
  if (key?.length !== KEY_BYTES) throw keyRingError('keys-malformed', where);
  return key;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** HKDF-SHA-256 of `secret` for one purpose; 32 bytes. */
export const deriveKey = (secret: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `alcove/1/${purpose}`, KEY_BYTES));

/** What tells a right key from a wrong one without revealing either: a MAC of a constant. */
export const checkValue = (secret: Buffer): Buffer =>
  createHmac('sha256', deriveKey(secret, 'check')).update('alcove key check').digest();

/** The DER of an Ed25519 private key (RFC 8410) up to its 32-byte seed. */
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 signing key grown from a seed derived for `purpose`, so that it needs no file of its own. */
export function deriveSigningKey(secret: Buffer, purpose: string): KeyObject {
  const der = Buffer.concat([ED25519_PREFIX, deriveKey(secret, purpose)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}
