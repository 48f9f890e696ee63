import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { Catch, type ArgumentsHost, type ExceptionFilter, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type {
  CallContext,
  EmbedDescriptor,
  JoinTicket,
  ParticipantRequest,
  RoomRef,
  RoomRequest,
  VideoProvider,
} from '@alcove/sdk';
import type { NextFunction, Request, Response } from 'express';
import { pino } from 'pino';
import { tap } from 'rxjs';
import { DataSource, type EntityManager } from 'typeorm';
import { EncounterRepository } from '../../../src/features/encounters/encounter.repository.js';
import { AppointmentChanges } from '../../../src/features/encounters/appointment-changes.service.js';
import { JoinableAppointments } from '../../../src/features/encounters/appointments.port.js';
import { AttendanceService } from '../../../src/features/encounters/attendance/attendance.service.js';
import { ArrivalsService } from '../../../src/features/encounters/door/arrivals.service.js';
import { AnswerSeal } from '../../../src/features/encounters/door/door-answers.js';
import type { SessionAppointment } from '../../../src/features/encounters/door/door.rules.js';
import { DoorService } from '../../../src/features/encounters/door/door.service.js';
import { encountersEntities } from '../../../src/features/encounters/encounters.entities.js';
import { EncountersHost } from '../../../src/features/encounters/host.js';
import { HostingService } from '../../../src/features/encounters/hosting/hosting.service.js';
import { VideoRooms } from '../../../src/features/encounters/hosting/video-rooms.service.js';
import { WaitingListService } from '../../../src/features/encounters/hosting/waiting-list.service.js';
import { WaitingRoomService } from '../../../src/features/encounters/hosting/waiting-room.service.js';
import { SessionLinks } from '../../../src/features/encounters/links/session-links.service.js';
import { encountersMigrations } from '../../../src/features/encounters/migrations/index.js';
import { AdmissionController } from '../../../src/features/encounters/pages/admission.controller.js';
import { DoorController } from '../../../src/features/encounters/pages/door.controller.js';
import { DoorReader } from '../../../src/features/encounters/pages/door-reader.js';
import { LiveController } from '../../../src/features/encounters/pages/live.controller.js';
import { SessionController } from '../../../src/features/encounters/pages/session.controller.js';
import { SessionPages } from '../../../src/features/encounters/pages/session-pages.js';
import { WaitingRoomController } from '../../../src/features/encounters/pages/waiting-room.controller.js';
import { personFacts, SessionFacts } from '../../../src/features/encounters/session-facts.service.js';
import { TicketsService } from '../../../src/features/encounters/tickets.service.js';
import { WaitingPill } from '../../../src/features/encounters/pages/waiting-pill.js';
import { LivingSessions } from '../../../src/platform/access/living-sessions.js';
import type { Principal } from '../../../src/platform/access/principal.js';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { AuditWriter } from '../../../src/platform/audit/audit-writer.js';
import { Clock } from '../../../src/platform/clock.js';
import { HttpConfig } from '../../../src/platform/config/http.config.js';
import { Vault, type Place, type Sealed, type Unsealed } from '../../../src/platform/crypto/vault.js';
import { Sql } from '../../../src/platform/database/sql.js';
import { DomainError, errorDefinition } from '../../../src/platform/errors/domain-error.js';
import { EventBus } from '../../../src/platform/events/event-bus.js';
import { SeeOther } from '../../../src/platform/http/session-redirect.js';
import { newId } from '../../../src/platform/ids.js';
import { LiveBus, type LiveSignal } from '../../../src/platform/live/live-bus.js';
import { SessionWatch } from '../../../src/platform/live/session-watch.js';
import { SseStreams } from '../../../src/platform/live/sse.js';
import { LOG } from '../../../src/platform/logging/log.js';
import { Providers } from '../../../src/platform/ports/providers.js';
import { Frame } from '../../../src/platform/views/frame.js';
import { Page } from '../../../src/platform/views/page.js';
import { Work } from '../../../src/platform/work/work.js';
import { freshDatabase } from '../../support/database.js';
import { KnownSessions } from '../../support/known-sessions.js';

/** Envelope encryption in small: one key, the place as associated data. The real one has tests of its own. */
class SmallVault extends Vault {
  private readonly key = randomBytes(32);
  seal(dataClass: string, place: Place, plaintext: string): Promise<Buffer> {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(aad(dataClass, place));
    return Promise.resolve(
      Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]),
    );
  }
  open(dataClass: string, place: Place, sealed: Buffer): Promise<string> {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, 12)).setAAD(aad(dataClass, place));
    decipher.setAuthTag(sealed.subarray(-16));
    return Promise.resolve(decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8'));
  }
  sealMany(values: readonly Unsealed[]): Promise<Buffer[]> {
    return Promise.all(values.map(({ dataClass, place, plaintext }) => this.seal(dataClass, place, plaintext)));
  }
  openMany(values: readonly Sealed[]): Promise<string[]> {
    return Promise.all(values.map(({ dataClass, place, ciphertext }) => this.open(dataClass, place, ciphertext)));
  }
  hash(purpose: string, text: string): Buffer {
    return createHmac('sha256', this.derive(purpose)).update(text).digest();
  }
  derive(purpose: string): Buffer {
    return createHmac('sha256', this.key).update(purpose).digest();
  }
}
const aad = (dataClass: string, { table, column, row }: Place): Buffer =>
  Buffer.from([dataClass, table, column, row].join('|'));

class MemoryAudit extends AuditWriter {
  readonly rows: (AuditEntry & { who: string })[] = [];
  writeInside(_manager: EntityManager, who: Principal, entries: readonly AuditEntry[]): Promise<void> {
    this.rows.push(...entries.map((entry) => ({ ...entry, who: `${who.kind}:${who.id}` })));
    return Promise.resolve();
  }
  record(who: Principal, entry: AuditEntry): Promise<void> {
    this.rows.push({ ...entry, who: `${who.kind}:${who.id}` });
    return Promise.resolve();
  }
}

class MemoryEvents extends EventBus {
  readonly sent: { type: string; payload: Readonly<Record<string, string>> }[] = [];
  publishInside(
    _manager: EntityManager,
    type: string,
    _key: string,
    payload: Readonly<Record<string, string>>,
  ): Promise<void> {
    this.sent.push({ type, payload });
    return Promise.resolve();
  }
  subscribe(): void {
    throw new Error('nobody subscribes in these tests');
  }
}

class MemoryLive extends LiveBus {
  readonly topics: string[] = [];
  private readonly emitter = new EventEmitter();
  publishInside(_manager: EntityManager, topic: string, event: string): Promise<void> {
    return this.publish(topic, event);
  }
  publish(topic: string, event: string): Promise<void> {
    this.topics.push(topic);
    this.emitter.emit(topic, { topic, event, data: {} } satisfies LiveSignal);
    return Promise.resolve();
  }
  subscribe(topic: string, listener: (signal: LiveSignal) => void): () => void {
    this.emitter.on(topic, listener);
    return () => this.emitter.off(topic, listener);
  }
}

/** A video provider that keeps books. */
export class BookVideo implements VideoProvider {
  readonly features = { maxParticipants: 2, screenShare: false, chat: false };
  readonly opened: RoomRequest[] = [];
  readonly tickets: { room: string; participant: string; role: string; displayName: string }[] = [];
  readonly removed: string[] = [];
  readonly closed: string[] = [];
  /** Called while a ticket is being made. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  openRoom(_ctx: CallContext, room: RoomRequest): Promise<RoomRef> {
    this.opened.push(room);
    return Promise.resolve({ room: room.room });
  }
  async admit(_ctx: CallContext, { room }: RoomRef, who: ParticipantRequest): Promise<JoinTicket> {
    this.tickets.push({ room, ...who });
    await this.meanwhile();
    return { room, token: randomBytes(16).toString('hex'), expiresAt: new Date().toISOString() };
  }
  closeRoom(_ctx: CallContext, { room }: RoomRef): Promise<void> {
    this.closed.push(room);
    return Promise.resolve();
  }
  remove(_ctx: CallContext, _room: RoomRef, participant: string): Promise<void> {
    this.removed.push(participant);
    return Promise.resolve();
  }
  embed({ token }: JoinTicket): EmbedDescriptor {
    return { module: 'room.js', config: { token } };
  }
}

class SteppedClock extends Clock {
  at = new Date('2026-11-17T17:50:00Z');
  override now(): Date {
    return new Date(this.at);
  }
  step(minutes: number): void {
    this.at = new Date(this.at.getTime() + minutes * 60_000);
  }
}

class ListedAppointments extends JoinableAppointments {
  readonly list = new Map<string, SessionAppointment>();
  readonly attended: string[] = [];
  find(id: string): Promise<SessionAppointment | undefined> {
    return Promise.resolve(this.list.get(id));
  }
  markAttended(_tx: unknown, id: string): Promise<void> {
    this.attended.push(id);
    return Promise.resolve();
  }
  /** Starts ten minutes after the clock's first minute and lasts fifty. */
  book(change: Partial<SessionAppointment> = {}): SessionAppointment {
    const startsAt = new Date('2026-11-17T18:00:00Z');
    const appointment: SessionAppointment = {
      id: newId(),
      clinicianId: newId(),
      caseId: newId(),
      memberIds: [newId()],
      startsAt,
      endsAt: new Date(startsAt.getTime() + 50 * 60_000),
      timeZone: 'America/Los_Angeles',
      modality: 'video',
      cancelled: false,
      ...change,
    };
    this.list.set(appointment.id, appointment);
    return appointment;
  }
}

export const clinicianOf = (appointment: SessionAppointment): Principal => host(appointment.clinicianId);
export const host = (personId: string): Principal => ({
  kind: 'user',
  id: `account-${personId}`,
  role: 'clinician',
  personId,
  permissions: new Set(['session:host', 'day:read', 'account:self']),
});

export const answers = {
  place: 'SE Alder 1400, Portland',
  privacy: 'alone' as const,
  contact: 'Morgan, parent',
  phone: '(503) 555-0142',
};
export const request = { requestId: 'request' };

/** Thrown errors as their HTTP status, redirects as they are, pages as JSON: what the web layer of the server does, in small. */
@Catch()
class SmallFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    if (error instanceof SeeOther) response.redirect(303, error.location);
    else if (error instanceof DomainError)
      response.status(errorDefinition(error.code)?.status ?? 500).json({ code: error.code });
    else response.status(500).json({ error: String(error) });
  }
}

export type World = Awaited<ReturnType<typeof world>>;

/** The encounters feature on a real database, with small doubles of what others own. */
export async function world(prepare?: (app: INestApplication, who: unknown) => Promise<void>) {
  const database = await freshDatabase();
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: encountersEntities,
    migrations: encountersMigrations,
    installExtensions: false,
    migrationsTableName: 'migrations',
  }).initialize();
  await dataSource.query('CREATE SCHEMA core');
  await dataSource.runMigrations();

  const doubles = {
    vault: new SmallVault(),
    audit: new MemoryAudit(),
    events: new MemoryEvents(),
    live: new MemoryLive(),
    video: new BookVideo(),
    clock: new SteppedClock(),
    appointments: new ListedAppointments(),
  };
  const facts: Pick<SessionFacts, 'practice' | 'person'> = {
    practice: () => Promise.resolve({ name: 'Linden Row', phone: '(503) 555-0100', emergencyText: null }),
    person: (id) => personFacts(`Person ${id.slice(-4)}`, null),
  };
  const signedIn: { who: Principal | undefined } = { who: undefined };
  const module = await Test.createTestingModule({
    controllers: [DoorController, WaitingRoomController, SessionController, AdmissionController, LiveController],
    providers: [
      { provide: DataSource, useValue: dataSource },
      { provide: Vault, useValue: doubles.vault },
      { provide: AuditWriter, useValue: doubles.audit },
      { provide: EventBus, useValue: doubles.events },
      { provide: LiveBus, useValue: doubles.live },
      { provide: Clock, useValue: doubles.clock },
      { provide: JoinableAppointments, useValue: doubles.appointments },
      { provide: Providers, useValue: { video: () => doubles.video } },
      { provide: LOG, useValue: pino({ level: 'silent' }) },
      { provide: SessionFacts, useValue: facts },
      { provide: HttpConfig, useValue: { origin: 'http://127.0.0.1:3000' } },
      AnswerSeal,
      AppointmentChanges,
      ArrivalsService,
      AttendanceService,
      DoorReader,
      DoorService,
      EncounterRepository,
      EncountersHost,
      Frame,
      HostingService,
      SessionLinks,
      SessionPages,
      { provide: LivingSessions, useClass: KnownSessions },
      SessionWatch,
      Sql,
      SseStreams,
      TicketsService,
      VideoRooms,
      WaitingListService,
      WaitingPill,
      WaitingRoomService,
      Work,
    ],
  }).compile();
  const app: INestApplication = module.createNestApplication({ logger: false });
  app.use((incoming: Request, _response: Response, next: NextFunction) => {
    incoming.requestId = 'request';
    incoming.clientIp = '127.0.0.1';
    const staff = incoming.get('x-test-staff');
    if (staff) incoming.principal = host(staff);
    if (signedIn.who) incoming.principal = signedIn.who;
    next();
  });
  app.useGlobalFilters(new SmallFilter());
  await prepare?.(app, signedIn);
  if (!prepare)
    app.useGlobalInterceptors({
      intercept: (context, next) =>
        next.handle().pipe(
          tap((answer: unknown) => {
            if (answer instanceof Page && answer.options.status)
              context.switchToHttp().getResponse<Response>().status(answer.options.status);
          }),
        ),
    });
  await app.init();

  const get = <T>(type: abstract new (...args: never[]) => T): T => module.get<T>(type);
  return {
    ...doubles,
    app,
    signedIn,
    dataSource,
    links: get(SessionLinks),
    door: get(DoorService),
    arrivals: get(ArrivalsService),
    tickets: get(TicketsService),
    hosting: get(HostingService),
    waitingRoom: get(WaitingRoomService),
    waitingList: get(WaitingListService),
    attendance: get(AttendanceService),
    presence: get(EncountersHost),
    changes: get(AppointmentChanges),
    sql: get(Sql),
    token: async (appointment: SessionAppointment, client = appointment.memberIds[0]) =>
      (await get(SessionLinks).clientPath(appointment.id, client)).slice('/j/'.length),
    close: async () => {
      await app.close();
      if (dataSource.isInitialized) await dataSource.destroy();
      await database.close();
    },
  };
}
