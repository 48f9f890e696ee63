import { Injectable } from '@nestjs/common';
import { Vault } from '../../../platform/crypto/vault.js';

const CLASS = 'emergency.reason';
const place = (row: string) => ({ table: 'emergency_access', column: 'reason', row });

/** Seals and opens the words somebody gave. Written about a client in a hurry, they are kept under a key of their own. */
@Injectable()
export class EmergencyWords {
  constructor(private readonly vault: Vault) {}

  seal(id: string, words: string): Promise<Buffer> {
    return this.vault.seal(CLASS, place(id), words);
  }

  open(id: string, sealed: Buffer): Promise<string> {
    return this.vault.open(CLASS, place(id), sealed);
  }
}
