import { Global, Module, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { DataSource } from 'typeorm';
import type { Principal } from '../../../../src/platform/access/principal.js';
import type { AuditEntry } from '../../../../src/platform/audit/audit-entry.js';
import { AuditStatus } from '../../../../src/platform/audit/audit-status.js';
import { AuditWriter } from '../../../../src/platform/audit/audit-writer.js';
import { auditMigrations } from '../../../../src/platform/audit/migrations/index.js';
import { HttpConfig } from '../../../../src/platform/config/http.config.js';
import { SignOnConfig } from '../../../../src/platform/config/sign-on.config.js';
import { EgressRegistry } from '../../../../src/platform/egress/egress-registry.js';
import { Egress } from '../../../../src/platform/egress/egress.js';
import { createLog, LOG } from '../../../../src/platform/logging/log.js';
import { PageRenderer } from '../../../../src/platform/http/page-renderer.js';
import { Clock } from '../../../../src/platform/clock.js';
import { KeyRingHolder } from '../../../../src/platform/crypto/key-ring.holder.js';
import { newKeyRing } from '../../../../src/platform/crypto/key-ring.js';
import { EnvelopeVault } from '../../../../src/platform/crypto/envelope-vault.js';
import { cryptoMigrations } from '../../../../src/platform/crypto/migrations/index.js';
import { Vault } from '../../../../src/platform/crypto/vault.js';
import { migrate } from '../../../../src/platform/database/migrate.js';
import { platformMigrations } from '../../../../src/platform/database/migrations/index.js';
import { Sql } from '../../../../src/platform/database/sql.js';
import { Directory } from '../../../../src/platform/directory/directory.js';
import { HealthRegistry } from '../../../../src/platform/health/health.js';
import { EventBus } from '../../../../src/platform/events/event-bus.js';
import { Notices, type Audience, type Notice } from '../../../../src/platform/ports/notices.js';
import { newSecret } from '../../../../src/platform/ids.js';
import { LiveBus } from '../../../../src/platform/live/live-bus.js';
import { Frame } from '../../../../src/platform/views/frame.js';
import { Views } from '../../../../src/platform/views/views.js';
import { Assets } from '../../../../src/platform/assets/assets.js';
import { createAssets } from '../../../../src/platform/assets/assets.module.js';
import { I18n } from '../../../../src/platform/i18n/i18n.js';
import { createI18n } from '../../../../src/platform/i18n/i18n.module.js';
import { Work } from '../../../../src/platform/work/work.js';
import {
  accessEntities,
  accessMiddleware,
  accessMigrations,
  AccessModule,
  AccessOptionsModule,
  csrfOf,
  type AccessOptions,
} from '../../../../src/features/access/public.js';
import { AdminModule } from '../../../../src/features/admin/public.js';
import { peopleEntities } from '../../../../src/features/people/people.entities.js';
import { peopleMigrations } from '../../../../src/features/people/migrations/index.js';
import { practiceEntities } from '../../../../src/features/practice/practice.entity.js';
import { practiceMigrations } from '../../../../src/features/practice/migrations/index.js';
import { answer, PlainErrors, PlainPages, viewsOf } from './plain-answers.js';
import { freshDatabase } from '../../../support/database.js';

export interface Recorded {
  readonly who: Principal;
  readonly entry: AuditEntry;
}

/** The access feature on a real database, with everything around it that it does not decide held still or recorded. */
export interface AccessApp {
  readonly app: NestExpressApplication;
  readonly dataSource: DataSource;
  readonly audit: Recorded[];
  /** What people were told. */
  readonly told: readonly { readonly to: Audience; readonly notice: Notice }[];
  /** Moves "now" for sessions, codes and limits. */
  readonly clock: { at: Date };
  /** Statements this application sent since the last reset. */
  readonly statements: string[];
  readonly url: string;
  readonly keys: KeyRingHolder;
  close(): Promise<void>;
}

export const BASE_URL = 'http://care.test';
/** What passkeys are bound to: a name that browsers make them for without https. */
export const PASSKEY_ORIGIN = 'http://care.localhost';

export interface AccessAppOptions {
  /** A database that exists already: a second process beside another app. */
  readonly url?: string;
  /** Its keys. */
  readonly keys?: KeyRingHolder;
  readonly controllers?: readonly Type[];
  readonly staffSecondFactor?: AccessOptions['staffSecondFactor'];
  readonly people?: ReadonlyMap<string, { displayName: string; kinds: string[] }>;
}

export async function accessApp(options: AccessAppOptions = {}): Promise<AccessApp> {
  const database = options.url === undefined ? await freshDatabase() : undefined;
  const url = options.url ?? database?.url ?? '';
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    entities: [...accessEntities, ...practiceEntities, ...peopleEntities],
    installExtensions: false,
  }).initialize();
  if (database)
    await migrate(dataSource, {
      kernel: [],
      core: [
        ...platformMigrations,
        ...cryptoMigrations,
        ...auditMigrations,
        ...practiceMigrations,
        ...peopleMigrations,
        ...accessMigrations,
      ],
    });
  const audit: Recorded[] = [];
  const clock = { at: new Date('2026-11-24T16:00:00Z') };
  const statements: string[] = [];
  const told: { to: Audience; notice: Notice }[] = [];
  countStatements(dataSource, statements);
  const keys = options.keys ?? new KeyRingHolder(newKeyRing(), { file: '/nowhere/keys.json' });
  const vault = new EnvelopeVault(dataSource, keys);
  const silent = {
    subscribe: () => () => undefined,
    onResync: () => () => undefined,
    publishInside: async () => undefined,
    publish: async () => undefined,
  };

  const health = new HealthRegistry();
  health.register('database', () => Promise.resolve({ ok: true, detail: 'answers in 1 ms' }));
  health.register('disk', () => Promise.resolve({ ok: false, detail: '4 % free' }), { required: false });

  @Global()
  @Module({
    providers: [
      Sql,
      Work,
      Frame,
      { provide: I18n, useFactory: createI18n },
      { provide: Assets, useFactory: createAssets },
      { provide: Views, useFactory: viewsOf, inject: [I18n, Assets] },
      { provide: HealthRegistry, useValue: health },
      { provide: AuditStatus, useValue: new AuditStatus(dataSource) },
      { provide: DataSource, useValue: dataSource },
      { provide: Clock, useValue: { now: () => clock.at } },
      { provide: Vault, useValue: vault },
      { provide: KeyRingHolder, useValue: keys },
      { provide: EventBus, useValue: silent },
      { provide: HttpConfig, useValue: { origin: PASSKEY_ORIGIN } },
      { provide: SignOnConfig, useValue: { issuer: null } },
      { provide: LOG, useValue: createLog({ level: 'fatal' }) },
      EgressRegistry,
      { provide: Egress, useValue: {} },
      { provide: PageRenderer, useValue: { render: () => Promise.resolve('') } },
      { provide: LiveBus, useValue: silent },
      {
        provide: Notices,
        useValue: {
          tell: (_: unknown, to: Audience, notice: Notice) => {
            told.push({ to, notice });
            return Promise.resolve();
          },
        },
      },
      {
        provide: Directory,
        useValue: {
          get: (id: string) => options.people?.get(id),
          changed: async () => undefined,
          refresh: async () => undefined,
          setSource: () => undefined,
        },
      },
      {
        provide: AuditWriter,
        useValue: {
          writeInside: (_: unknown, who: Principal, entries: AuditEntry[]) => {
            audit.push(...entries.map((entry) => ({ who, entry })));
            return Promise.resolve();
          },
          record: (who: Principal, entry: AuditEntry) => {
            audit.push({ who, entry });
            return Promise.resolve();
          },
        },
      },
    ],
    exports: [
      Sql,
      Work,
      Frame,
      Views,
      HealthRegistry,
      AuditStatus,
      DataSource,
      Clock,
      Vault,
      KeyRingHolder,
      EventBus,
      HttpConfig,
      SignOnConfig,
      LOG,
      EgressRegistry,
      Egress,
      PageRenderer,
      LiveBus,
      Notices,
      Directory,
      AuditWriter,
    ],
  })
  class Ground {}

  const module = await Test.createTestingModule({
    imports: [
      Ground,
      AccessOptionsModule.forRoot({ staffSecondFactor: options.staffSecondFactor ?? 'offered' }),
      AccessModule,
      AdminModule,
    ],
    controllers: [...(options.controllers ?? [])],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ logger: ['error'], bodyParser: false });
  const csrf = csrfOf(app, { baseUrl: BASE_URL });
  app.use((request: Request, _: Response, next: NextFunction) => {
    request.requestId = newSecret(16);
    request.clientIp = request.get('x-test-ip') ?? '192.0.2.1';
    next();
  });
  app.use(
    accessMiddleware(app, { secure: false }),
    express.urlencoded({ extended: false }),
    express.json(),
    csrf.middleware,
  );
  app.useGlobalFilters(new PlainErrors());
  app.useGlobalInterceptors(new PlainPages(csrf.token, app.get(Views), app.get(Frame), app.get(Clock)));
  await app.init();
  // Errors of middlewares end here in the real pipeline as well.
  app.use((error: unknown, _: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else answer(error, response);
  });
  await app.listen(0, '127.0.0.1');
  // A slow machine must not find that an idle connection was closed just as it writes to it.
  app.getHttpServer().keepAliveTimeout = 120_000;
  return {
    app,
    dataSource,
    audit,
    told,
    clock,
    statements,
    url,
    keys,
    close: async () => {
      await app.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await database?.close();
    },
  };
}

type Sent = string | { readonly name?: string; readonly text: string };
interface Client {
  query: (...args: unknown[]) => unknown;
}

/** Wraps the pool's connections: what is counted is what goes over the wire. */
function countStatements(dataSource: DataSource, statements: string[]): void {
  const { master } = dataSource.driver as unknown as {
    master: { _clients: Client[]; on(event: 'connect', listener: (client: Client) => void): void };
  };
  const wrap = (client: Client): void => {
    const send = client.query;
    client.query = (...args: unknown[]) => {
      const sent = args[0] as Sent;
      statements.push(typeof sent === 'string' ? sent : (sent.name ?? sent.text));
      return send.apply(client, args);
    };
  };
  for (const client of master._clients) wrap(client);
  master.on('connect', wrap);
}
