const CHUNK_BYTES = 8_192;

/** A set of row numbers, one bit each: ten million rows take little more than a megabyte, and a wild number takes one chunk. */
export class SeqSet {
  private readonly chunks = new Map<bigint, Uint8Array>();

  /** False when it was in the set already. */
  add(seq: bigint): boolean {
    const { at, byte, bit } = position(seq);
    let chunk = this.chunks.get(at);
    if (!chunk) {
      chunk = new Uint8Array(CHUNK_BYTES);
      this.chunks.set(at, chunk);
    }
    if ((chunk[byte] & bit) !== 0) return false;
    chunk[byte] |= bit;
    return true;
  }

  has(seq: bigint): boolean {
    const { at, byte, bit } = position(seq);
    return ((this.chunks.get(at)?.[byte] ?? 0) & bit) !== 0;
  }
}

/** Shifting rounds down, so that the negative numbers of a tampered row get chunks of their own. */
function position(seq: bigint): { at: bigint; byte: number; bit: number } {
  const within = Number(seq & 0xffffn);
  return { at: seq >> 16n, byte: within >> 3, bit: 1 << (within & 7) };
}
