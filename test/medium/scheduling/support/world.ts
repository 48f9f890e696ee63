import {
  Catch,
  Global,
  HttpException,
  Module,
  type ArgumentsHost,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import express, { type NextFunction, type Request, type Response } from 'express';
import { pino } from 'pino';
import { map, type Observable } from 'rxjs';
import { DataSource, type EntityManager } from 'typeorm';
import { permissionsOf } from '../../../../src/features/access/roles/permissions.js';
import { peopleMigrations } from '../../../../src/features/people/migrations/index.js';
import { peopleEntities } from '../../../../src/features/people/people.entities.js';
import { People, PeopleModule } from '../../../../src/features/people/public.js';
import { practiceMigrations } from '../../../../src/features/practice/migrations/index.js';
import { practiceEntities } from '../../../../src/features/practice/practice.entity.js';
import { PracticeModule, PracticeService } from '../../../../src/features/practice/public.js';
import { schedulingEntities } from '../../../../src/features/scheduling/appointment.entities.js';
import { schedulingMigrations } from '../../../../src/features/scheduling/migrations/index.js';
import { SchedulingModule } from '../../../../src/features/scheduling/public.js';
import { systemPrincipal, type Principal, type Role } from '../../../../src/platform/access/principal.js';
import { AuditKeys } from '../../../../src/platform/audit/audit-keys.js';
import { AuditWriter } from '../../../../src/platform/audit/audit-writer.js';
import { auditMigrations } from '../../../../src/platform/audit/migrations/index.js';
import { PgAuditWriter } from '../../../../src/platform/audit/pg-audit-writer.js';
import { Clock } from '../../../../src/platform/clock.js';
import { EnvelopeVault } from '../../../../src/platform/crypto/envelope-vault.js';
import { KeyRingHolder } from '../../../../src/platform/crypto/key-ring.holder.js';
import { newKeyRing } from '../../../../src/platform/crypto/key-ring.js';
import { cryptoMigrations } from '../../../../src/platform/crypto/migrations/index.js';
import { Vault } from '../../../../src/platform/crypto/vault.js';
import { parseDatabaseUrl } from '../../../../src/platform/database/connection-settings.js';
import { openDataSource } from '../../../../src/platform/database/data-source.js';
import { migrate } from '../../../../src/platform/database/migrate.js';
import { platformMigrations } from '../../../../src/platform/database/migrations/index.js';
import { Sql } from '../../../../src/platform/database/sql.js';
import { Directory } from '../../../../src/platform/directory/directory.js';
import { DomainError, errorDefinition } from '../../../../src/platform/errors/domain-error.js';
import { EventBus } from '../../../../src/platform/events/event-bus.js';
import { SeeOther } from '../../../../src/platform/http/session-redirect.js';
import { newId } from '../../../../src/platform/ids.js';
import { LiveBus } from '../../../../src/platform/live/live-bus.js';
import { PgLiveBus } from '../../../../src/platform/live/pg-live-bus.js';
import { LOG } from '../../../../src/platform/logging/log.js';
import { Notices } from '../../../../src/platform/ports/notices.js';
import { Page } from '../../../../src/platform/views/page.js';
import { Views } from '../../../../src/platform/views/views.js';
import { ViewsModule } from '../../../../src/platform/views/views.module.js';
import { Work } from '../../../../src/platform/work/work.js';
import { freshDatabase } from '../../../support/database.js';

export class HeldClock extends Clock {
  /** A Tuesday, 9:52 in Los Angeles. */
  at = new Date('2026-11-17T17:52:00Z');
  override now(): Date {
    return new Date(this.at);
  }
}

class MemoryEvents extends EventBus {
  readonly sent: { type: string; key: string; payload: Readonly<Record<string, string>> }[] = [];
  async publishInside(
    _manager: EntityManager,
    type: string,
    key: string,
    payload: Readonly<Record<string, string>>,
  ): Promise<void> {
    this.sent.push({ type, key, payload });
  }
  subscribe(): void {
    throw new Error('nobody subscribes in these tests');
  }
}

/** Accounts have tests of their own; here nobody is told anything. */
class NoNotices extends Notices {
  override tell(): Promise<void> {
    return Promise.resolve();
  }
}

const answer = (error: unknown, response: Response): void => {
  if (error instanceof SeeOther) response.redirect(303, error.location);
  else if (error instanceof DomainError)
    response.status(errorDefinition(error.code)?.status ?? 500).json({ code: error.code });
  else if (error instanceof HttpException) response.status(error.getStatus()).json({ code: 'http' });
  else response.status(500).json({ code: 'unexpected', message: String(error) });
};

@Catch()
class PlainErrors implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    answer(error, host.switchToHttp().getResponse<Response>());
  }
}

class RenderedPages implements NestInterceptor {
  constructor(
    private readonly views: Views,
    private readonly clock: Clock,
  ) {}
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((result: unknown) => {
        if (!(result instanceof Page)) return result;
        response.status(result.options.status ?? 200).type('html');
        // Without the frame: its parts have tests of their own, and failures stay readable.
        const bare = new Page(result.template, result.model, { ...result.options, layout: 'fragment' });
        return this.views.render(bare, {
          nonce: 'nonce',
          csrfToken: 'token',
          path: request.path,
          requestId: 'request',
          locale: 'en',
          timeZone: request.principal?.timeZone ?? 'UTC',
          principal: request.principal,
          nav: [],
          topbar: [],
          banners: [],
          contributions: {},
          now: this.clock.now(),
          baseUrl: 'http://care.test',
          practiceName: 'Linden Row Counseling',
          theme: 'system',
        });
      }),
    );
  }
}

export const principal = (role: Role, personId?: string, clinician = role === 'clinician'): Principal => ({
  kind: 'user',
  id: newId(),
  role,
  personId,
  permissions: permissionsOf(role, clinician),
  timeZone: 'America/Los_Angeles',
  requestId: 'request',
});

export type World = Awaited<ReturnType<typeof world>>;

/** Practice, people and scheduling on a real database with real encryption, audit, directory and pages. */
export async function world(options: { url?: string; keys?: KeyRingHolder; poolSize?: number } = {}) {
  const database = options.url ? undefined : await freshDatabase();
  const url = options.url ?? database?.url ?? '';
  const dataSource = await openDataSource({
    settings: parseDatabaseUrl(url),
    // A thousand racers wait for a connection; what the server says when it has none is another test's subject.
    limits: { poolMax: options.poolSize ?? 10, connectTimeoutMs: 120_000, statementTimeoutMs: 60_000 },
    entities: [...practiceEntities, ...peopleEntities, ...schedulingEntities],
  });
  if (database)
    await migrate(dataSource, {
      kernel: [],
      core: [
        ...platformMigrations,
        ...cryptoMigrations,
        ...auditMigrations,
        ...practiceMigrations,
        ...peopleMigrations,
        ...schedulingMigrations,
      ],
    });
  const statements: string[] = [];
  countStatements(dataSource, statements);
  const keys = options.keys ?? new KeyRingHolder(newKeyRing(), { file: '/nowhere/keys.json' });
  const clock = new HeldClock();
  const events = new MemoryEvents();

  @Global()
  @Module({
    imports: [ViewsModule],
    providers: [
      Sql,
      Work,
      Directory,
      { provide: DataSource, useValue: dataSource },
      { provide: LOG, useValue: pino({ level: 'silent' }) },
      { provide: Clock, useValue: clock },
      { provide: Vault, useValue: new EnvelopeVault(dataSource, keys) },
      { provide: AuditKeys, useValue: new AuditKeys(keys.ring) },
      { provide: AuditWriter, useClass: PgAuditWriter },
      { provide: EventBus, useValue: events },
      { provide: Notices, useClass: NoNotices },
      { provide: LiveBus, useClass: PgLiveBus },
    ],
    exports: [Sql, Work, Directory, DataSource, Clock, Vault, AuditWriter, EventBus, Notices, LiveBus, ViewsModule],
  })
  class Ground {}

  const module = await Test.createTestingModule({
    imports: [Ground, PracticeModule, PeopleModule, SchedulingModule],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ logger: ['error'], bodyParser: false });
  const signedIn: { who: Principal | undefined } = { who: undefined };
  app.use((request: Request, _response: Response, next: NextFunction) => {
    request.requestId = 'request';
    request.clientIp = '127.0.0.1';
    request.principal = signedIn.who;
    next();
  });
  app.use(express.urlencoded({ extended: true }), express.json());
  app.useGlobalFilters(new PlainErrors());
  app.useGlobalInterceptors(new RenderedPages(app.get(Views), clock));
  await app.init();
  const directory = app.get(Directory);
  await directory.ready;

  return {
    app,
    dataSource,
    url,
    keys,
    clock,
    events,
    statements,
    signedIn,
    directory,
    people: app.get(People),
    practice: app.get(PracticeService),
    get: <T>(type: abstract new (...args: never[]) => T): T => app.get<T>(type),
    server: app.getHttpServer() as Parameters<typeof import('supertest')>[0],
    /** Audit rows by action. */
    audit: (action: string): Promise<{ object: string | null; client_id: string | null; facts: unknown }[]> =>
      dataSource.query('SELECT object, client_id, facts FROM core.audit_event WHERE action = $1 ORDER BY seq', [
        action,
      ]),
    close: async () => {
      await app.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await database?.close();
    },
  };
}

/** A small practice: two clinicians, a client of each, and the front desk. */
export async function smallPractice(it: World) {
  const system = systemPrincipal('test');
  const clinician = (legalName: string, timeZone = 'America/Los_Angeles') =>
    it.people.createClinician(system, { legalName, timeZone, credential: 'LCSW' });
  const ines = await clinician('Ines Calloway');
  const bea = await clinician('Bea Osei', 'America/New_York');
  const rowan = await it.people.createClient(system, {
    legalName: 'Rowena Ashby',
    chosenName: 'Rowan Ashby',
    pronouns: 'they/them',
    birthDate: '1997-03-02',
    email: 'rowan@example.org',
    phone: '(503) 555-0142',
    timeZone: 'America/Denver',
    clinicianId: ines,
  });
  const amara = await it.people.createClient(system, {
    legalName: 'Amara Delacroix',
    timeZone: 'America/Los_Angeles',
    clinicianId: bea,
  });
  return {
    ines,
    bea,
    rowan,
    amara,
    inesSignedIn: principal('clinician', ines),
    beaSignedIn: principal('clinician', bea),
    desk: principal('scheduler'),
  };
}

type Sent = string | { readonly name?: string; readonly text: string };
interface PoolClient {
  query: (...args: unknown[]) => unknown;
}

/** Wraps the connections of the pool: what is counted is what goes over the wire. */
function countStatements(dataSource: DataSource, statements: string[]): void {
  const { master } = dataSource.driver as unknown as {
    master: { _clients: PoolClient[]; on(event: 'connect', listener: (client: PoolClient) => void): void };
  };
  const wrap = (client: PoolClient): void => {
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
