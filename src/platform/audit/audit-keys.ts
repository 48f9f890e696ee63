import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { deriveKey, deriveSigningKey, type KeyRing } from '../crypto/key-ring.js';

/** The keys of the audit. They come from the root of the key ring, never from the database that they watch. */
export class AuditKeys {
  /** MAC key of every row. */
  readonly leaf: KeyObject;
  /** Ed25519: signs the head of every batch. */
  readonly signing: KeyObject;
  /** The public half, enough to check heads (not rows) without any secret. */
  readonly verifying: KeyObject;

  constructor(ring: Pick<KeyRing, 'root'>) {
    // A key object made once: from plain bytes Node would make one for every row, at five times the cost of the MAC itself.
    this.leaf = createSecretKey(deriveKey(ring.root, 'audit/leaf'));
    this.signing = deriveSigningKey(ring.root, 'audit/head');
    this.verifying = createPublicKey(this.signing);
  }
}
