import { Module, type DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KeyRingHolder } from '../crypto/key-ring.holder.js';
import { AuditAnchor } from './audit-anchor.js';
import { AuditKeys } from './audit-keys.js';
import { AuditSealer } from './audit-sealer.js';
import { AuditStatus } from './audit-status.js';
import { AuditWriter } from './audit-writer.js';
import { PgAuditWriter } from './pg-audit-writer.js';

export interface AuditSettings {
  /** `<data dir>/audit-anchor.jsonl`. */
  readonly anchorFile: string;
}

/** Writing and sealing the audit, for every module. Needs global providers DataSource, Sql, Clock and KeyRingHolder. */
@Module({})
export class AuditModule {
  static forRoot(settings: AuditSettings): DynamicModule {
    return {
      module: AuditModule,
      global: true,
      providers: [
        {
          provide: AuditKeys,
          useFactory: (holder: KeyRingHolder) => new AuditKeys(holder.ring),
          inject: [KeyRingHolder],
        },
        { provide: AuditAnchor, useFactory: () => new AuditAnchor(settings.anchorFile) },
        PgAuditWriter,
        { provide: AuditWriter, useExisting: PgAuditWriter },
        AuditSealer,
        {
          provide: AuditStatus,
          useFactory: (dataSource: DataSource) => new AuditStatus(dataSource),
          inject: [DataSource],
        },
      ],
      exports: [AuditWriter, PgAuditWriter, AuditSealer, AuditStatus, AuditKeys],
    };
  }
}
