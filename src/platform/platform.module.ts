import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AuditModule } from './audit/audit.module.js';
import { Clock } from './clock.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import type { KeyRingHolder } from './crypto/key-ring.holder.js';
import { OwnerDatabase } from './database/owner-database.js';
import { Sql } from './database/sql.js';
import { Directory } from './directory/directory.js';
import { EgressAudit } from './egress/egress-audit.js';
import { EgressRegistry } from './egress/egress-registry.js';
import { Egress } from './egress/egress.js';
import { Resolver } from './egress/resolver.js';
import { EventBus } from './events/event-bus.js';
import { JobsEventBus } from './events/jobs-event-bus.js';
import { HealthController } from './health/health.controller.js';
import { HealthRegistry } from './health/health.js';
import { Metrics } from './health/metrics.js';
import { ServerHealth } from './health/server-health.js';
import { CspReportController } from './http/csp-report.controller.js';
import { ErrorFilter } from './http/error.filter.js';
import { PageInterceptor } from './http/page.interceptor.js';
import { PageRenderer } from './http/page-renderer.js';
import { Jobs } from './jobs/jobs.js';
import { LiveBus } from './live/live-bus.js';
import { PgLiveBus } from './live/pg-live-bus.js';
import { SessionWatch } from './live/session-watch.js';
import { LOG, type Log } from './logging/log.js';
import { ViewsModule } from './views/views.module.js';
import { Work } from './work/work.js';

/** What the composition root has opened before Nest begins. */
export interface Ground {
  readonly config: Config;
  /** As the runtime user: rows, no tables. */
  readonly dataSource: DataSource;
  /** As the owner, opened on demand. */
  readonly owner: OwnerDatabase;
  readonly keys: KeyRingHolder;
  readonly log: Log;
}

const SERVICES = [
  Clock,
  Sql,
  Work,
  Jobs,
  Directory,
  HealthRegistry,
  Metrics,
  PageRenderer,
  SessionWatch,
  EgressRegistry,
  Egress,
];

/** The technical services, for every module. */
@Module({})
export class PlatformModule {
  static forRoot({ config, dataSource, owner, keys, log }: Ground): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [
        ConfigModule.forRoot(config),
        CryptoModule.forRoot(keys),
        AuditModule.forRoot({ anchorFile: config.data.file('audit-anchor.jsonl') }),
        ViewsModule,
      ],
      controllers: [HealthController, CspReportController],
      providers: [
        { provide: DataSource, useValue: dataSource },
        { provide: OwnerDatabase, useValue: owner },
        { provide: LOG, useValue: log },
        ...SERVICES,
        ServerHealth,
        Resolver,
        EgressAudit,
        { provide: EventBus, useClass: JobsEventBus },
        { provide: LiveBus, useClass: PgLiveBus },
        { provide: APP_INTERCEPTOR, useClass: PageInterceptor },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
      exports: [DataSource, OwnerDatabase, LOG, EventBus, LiveBus, ...SERVICES],
    };
  }
}
