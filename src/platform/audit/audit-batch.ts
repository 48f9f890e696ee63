import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import { epochText } from './audit-row.js';
import { canonicalJson } from './canonical-json.js';

/*
 * What a batch says about its rows, in bytes, row after row in seq order: seq (8, big endian) | first half of the leaf (16).
 * Listing every row makes membership explicit: a gap in the sequence (a rolled-back insert) is no deletion, a row that commits late
 * goes to a later batch, and a change is traced to its row and not only to its batch.
 */
const SEQ_BYTES = 8;
const DIGEST_BYTES = 16;
const MEMBER_BYTES = SEQ_BYTES + DIGEST_BYTES;

export interface BatchMember {
  readonly seq: bigint;
  /** 16 bytes; all zero for a row that was already gone when its batch was sealed. */
  readonly digest: Buffer;
}

/** A row of `core.audit_batch`, whole numbers as text. */
export interface BatchRow {
  readonly no: string;
  readonly from_seq: string;
  readonly to_seq: string;
  readonly row_count: string;
  /** Rows in this and all earlier batches. */
  readonly total: string;
  readonly members: Buffer;
  readonly rows_hash: Buffer;
  readonly prev_hash: Buffer;
  readonly hash: Buffer;
  readonly signature: Buffer;
  /** Seconds since 1970 with six decimals. */
  readonly sealed_at: string;
}

/** What precedes the first batch. */
export const GENESIS = { no: '0', total: '0', hash: Buffer.alloc(32) } as const;

/** Builds the next batch. `rows` in ascending seq, at least one; `leaf` is null for a row that is gone. */
export function nextBatch(
  key: KeyObject,
  previous: Pick<BatchRow, 'no' | 'total' | 'hash'>,
  rows: readonly { seq: string; leaf: Buffer | null }[],
  sealedAt: Date,
): BatchRow {
  const members = encodeMembers(rows.map(({ seq, leaf }) => ({ seq: BigInt(seq), digest: memberDigest(leaf) })));
  const batch = {
    no: String(BigInt(previous.no) + 1n),
    from_seq: rows[0].seq,
    to_seq: rows[rows.length - 1].seq,
    row_count: String(rows.length),
    total: String(BigInt(previous.total) + BigInt(rows.length)),
    members,
    rows_hash: rowsHash(members),
    prev_hash: previous.hash,
    sealed_at: epochText(sealedAt),
  };
  const hash = batchHash(batch);
  return { ...batch, hash, signature: sign(null, hash, key) };
}

/** SHA-256 over everything a batch states; `members` through `rows_hash`. */
export function batchHash(batch: Omit<BatchRow, 'hash' | 'signature' | 'members'>): Buffer {
  const content = {
    no: batch.no,
    from_seq: batch.from_seq,
    to_seq: batch.to_seq,
    row_count: batch.row_count,
    total: batch.total,
    rows_hash: batch.rows_hash.toString('hex'),
    prev_hash: batch.prev_hash.toString('hex'),
    sealed_at: batch.sealed_at,
  };
  return createHash('sha256').update(canonicalJson(content)).digest();
}

export const rowsHash = (members: Buffer): Buffer => createHash('sha256').update(members).digest();

/** The part of a leaf that a batch keeps. */
export const memberDigest = (leaf: Buffer | null): Buffer =>
  leaf?.subarray(0, DIGEST_BYTES) ?? Buffer.alloc(DIGEST_BYTES);

export function encodeMembers(members: readonly BatchMember[]): Buffer {
  const bytes = Buffer.alloc(members.length * MEMBER_BYTES);
  members.forEach(({ seq, digest }, at) => {
    bytes.writeBigInt64BE(seq, at * MEMBER_BYTES);
    digest.copy(bytes, at * MEMBER_BYTES + SEQ_BYTES);
  });
  return bytes;
}

/** The whole members of possibly damaged bytes. */
export function decodeMembers(bytes: Buffer): BatchMember[] {
  const members: BatchMember[] = [];
  for (let at = 0; at + MEMBER_BYTES <= bytes.length; at += MEMBER_BYTES) {
    members.push({
      seq: bytes.readBigInt64BE(at),
      digest: bytes.subarray(at + SEQ_BYTES, at + MEMBER_BYTES),
    });
  }
  return members;
}

/** What is wrong with a batch that should follow `previous`; one word of the report, or undefined when it is sound. */
export function batchFault(
  key: KeyObject,
  previous: Pick<BatchRow, 'no' | 'total' | 'hash'>,
  batch: BatchRow,
): 'batch-changed' | 'batch-forged' | 'batch-missing' | 'chain-broken' | undefined {
  const members = decodeMembers(batch.members);
  const whole =
    batch.members.length % MEMBER_BYTES === 0 &&
    String(members.length) === batch.row_count &&
    String(members[0]?.seq) === batch.from_seq &&
    String(members[members.length - 1]?.seq) === batch.to_seq &&
    rowsHash(batch.members).equals(batch.rows_hash) &&
    batchHash(batch).equals(batch.hash);
  if (!whole) return 'batch-changed';
  if (!verify(null, batch.hash, key, batch.signature)) return 'batch-forged';
  if (BigInt(batch.no) !== BigInt(previous.no) + 1n) return 'batch-missing';
  const total = BigInt(previous.total) + BigInt(members.length);
  if (!batch.prev_hash.equals(previous.hash) || String(total) !== batch.total) return 'chain-broken';
  return undefined;
}
