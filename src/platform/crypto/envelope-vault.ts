import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { DataKey } from './data-key.js';
import { DataKeyStore } from './data-key.store.js';
import type { KeyRingHolder } from './key-ring.holder.js';
import { deriveKey } from './key-ring.js';
import { damaged, keyIdOf, openBytes, sealBytes } from './sealing.js';
import { Vault, type Place, type Sealed, type Unsealed } from './vault.js';

/** Values handled before other work gets a turn: about a millisecond. */
const SLICE = 500;

/** The vault over AES-256-GCM: data keys in the database, wrapped by the master key of the key ring. */
export class EnvelopeVault extends Vault {
  readonly keys: DataKeyStore;
  private readonly hashKeys = new Map<string, KeyObject>();

  constructor(
    dataSource: DataSource,
    private readonly holder: KeyRingHolder,
  ) {
    super();
    this.keys = new DataKeyStore(dataSource, holder);
  }

  async seal(dataClass: string, place: Place, plaintext: string): Promise<Buffer> {
    return sealText(await this.keys.currentOf(dataClass), place, plaintext);
  }

  async open(dataClass: string, place: Place, ciphertext: Buffer): Promise<string> {
    const id = keyIdOf(ciphertext);
    return openText((await this.keys.withIds(new Set([id]))).get(id), dataClass, place, ciphertext);
  }

  async sealMany(values: readonly Unsealed[]): Promise<Buffer[]> {
    const sealed: Buffer[] = [];
    for (const { dataClass, place, plaintext } of values) {
      sealed.push(sealText(await this.keys.currentOf(dataClass), place, plaintext));
      if (sealed.length % SLICE === 0) await breathe();
    }
    return sealed;
  }

  async openMany(values: readonly Sealed[]): Promise<string[]> {
    const ids = values.map(({ ciphertext }) => keyIdOf(ciphertext));
    const keys = await this.keys.withIds(new Set(ids));
    const texts: string[] = [];
    for (const [at, { dataClass, place, ciphertext }] of values.entries()) {
      texts.push(openText(keys.get(ids[at]), dataClass, place, ciphertext));
      if (texts.length % SLICE === 0) await breathe();
    }
    return texts;
  }

  hash(purpose: string, text: string, options: { fold?: boolean } = {}): Buffer {
    let key = this.hashKeys.get(purpose);
    if (!key) {
      key = createSecretKey(deriveKey(this.holder.ring.root, `hash/${purpose}`));
      this.hashKeys.set(purpose, key);
    }
    return createHmac('sha256', key)
      .update(options.fold ? caseFold(text) : text)
      .digest();
  }

  derive(purpose: string): Buffer {
    return deriveKey(this.holder.ring.root, `derive/${purpose}`);
  }
}

function sealText(key: DataKey, place: Place, plaintext: string): Buffer {
  return sealBytes(key.key, key.id, boundTo(place, key), Buffer.from(plaintext));
}

function openText(key: DataKey | undefined, dataClass: string, place: Place, sealed: Buffer): string {
  if (key?.dataClass !== dataClass) throw damaged();
  return openBytes(key.key, boundTo(place, key), sealed).toString();
}

/** JSON, so that no choice of names can make two places read alike. */
const boundTo = (place: Place, key: DataKey): string =>
  JSON.stringify([place.table, place.column, place.row, key.version]);

/** Upper case first, because only that way `ß` meets `ss` and `ς` meets `σ`; JavaScript has no case folding of its own. */
const caseFold = (text: string): string => text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
