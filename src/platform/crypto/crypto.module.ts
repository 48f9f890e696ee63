import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DataKeyStore } from './data-key.store.js';
import { EnvelopeVault } from './envelope-vault.js';
import { KeyRingHolder } from './key-ring.holder.js';
import { Vault } from './vault.js';

/** The vault and what stands behind it, for every module. Needs a global DataSource whose database is migrated and checked. */
@Module({})
export class CryptoModule implements OnApplicationShutdown {
  constructor(private readonly keys: DataKeyStore) {}

  static forRoot(holder: KeyRingHolder): DynamicModule {
    return {
      module: CryptoModule,
      global: true,
      providers: [
        { provide: KeyRingHolder, useValue: holder },
        {
          provide: EnvelopeVault,
          useFactory: (dataSource: DataSource) => new EnvelopeVault(dataSource, holder),
          inject: [DataSource],
        },
        { provide: Vault, useExisting: EnvelopeVault },
        { provide: DataKeyStore, useFactory: (vault: EnvelopeVault) => vault.keys, inject: [EnvelopeVault] },
      ],
      exports: [KeyRingHolder, Vault, DataKeyStore],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.keys.close();
  }
}
