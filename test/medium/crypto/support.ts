import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { EnvelopeVault } from '../../../src/platform/crypto/envelope-vault.js';
import { createKeyRingFile } from '../../../src/platform/crypto/key-ring.file.js';
import { KeyRingHolder } from '../../../src/platform/crypto/key-ring.holder.js';
import type { KeyRing } from '../../../src/platform/crypto/key-ring.js';
import { cryptoMigrations } from '../../../src/platform/crypto/migrations/index.js';
import { freshDatabase } from '../../support/database.js';

/** One "server process": its own pool, its own copy of the key ring, its own caches. */
export interface Process {
  readonly dataSource: DataSource;
  readonly holder: KeyRingHolder;
  readonly vault: EnvelopeVault;
}

export interface CryptoWorld {
  readonly first: Process;
  readonly keyFile: string;
  another(ring?: KeyRing): Promise<Process>;
  close(): Promise<void>;
}

export async function cryptoWorld(): Promise<CryptoWorld> {
  const database = await freshDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), 'alcove-crypto-'));
  const keyFile = path.join(dir, 'keys.json');
  const processes: Process[] = [];
  const another = async (ring?: KeyRing): Promise<Process> => {
    const dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      installExtensions: false,
      poolSize: 2,
    }).initialize();
    const holder = new KeyRingHolder(ring ?? (await createKeyRingFile(keyFile)), { file: keyFile });
    const process = { dataSource, holder, vault: new EnvelopeVault(dataSource, holder) };
    processes.push(process);
    return process;
  };
  const first = await another();
  await first.dataSource.query('CREATE SCHEMA core');
  const runner = first.dataSource.createQueryRunner();
  for (const Migration of cryptoMigrations) await new Migration().up(runner);
  await runner.release();
  return {
    first,
    keyFile,
    another,
    async close() {
      for (const { dataSource, vault } of processes) {
        await vault.keys.close();
        await dataSource.destroy();
      }
      await database.close();
      await rm(dir, { recursive: true });
    },
  };
}
