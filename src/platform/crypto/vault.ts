/**
 * Envelope encryption for fields. A *class* names the data key: `directory.name`, `directory.contact`, `directory.birth`,
 * `secret` (TOTP, plugin settings), or `case:<caseId>` for clinical content (what was said at the door, later notes).
 * The place (table, column, row) is bound in as associated data, so that a ciphertext moved elsewhere does not open.
 */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

export interface Unsealed {
  readonly dataClass: string;
  readonly place: Place;
  readonly plaintext: string;
}

export interface Sealed {
  readonly dataClass: string;
  readonly place: Place;
  readonly ciphertext: Buffer;
}

export abstract class Vault {
  /** UTF-8 text to a self-describing ciphertext (bytea). */
  abstract seal(dataClass: string, place: Place, plaintext: string): Promise<Buffer>;
  /** The text again. Whatever is wrong with the value (changed, cut, moved, another class), the error is `sealed-value-damaged`. */
  abstract open(dataClass: string, place: Place, ciphertext: Buffer): Promise<string>;
  /** `seal` for many values at once; ciphertexts in the order of the values. */
  abstract sealMany(values: readonly Unsealed[]): Promise<Buffer[]>;
  /** `open` for many values at once, with one read of the keys for all; texts in the order of the values. */
  abstract openMany(values: readonly Sealed[]): Promise<string[]>;
  /** Keyed hash (HMAC-SHA-256, key per purpose) for blind indexes and audit facts; text is NFKC-casefolded first when `fold`. */
  abstract hash(purpose: string, text: string, options?: { fold?: boolean }): Buffer;
  /** 32 bytes derived for one purpose (HKDF), the same in every process with the same key ring. */
  abstract derive(purpose: string): Buffer;
}
