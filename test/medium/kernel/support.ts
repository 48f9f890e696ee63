import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express, { type ErrorRequestHandler, type Request } from 'express';
import { pino } from 'pino';
import { DataSource, type EntityManager } from 'typeorm';
import { KernelModule } from '../../../src/kernel/kernel.module.js';
import { Kernel } from '../../../src/kernel/kernel.js';
import type { KernelOptions } from '../../../src/kernel/kernel.options.js';
import { kernelMigrations } from '../../../src/kernel/migrations/index.js';
import { LivingSessions } from '../../../src/platform/access/living-sessions.js';
import { PermissionCatalog } from '../../../src/platform/access/permission-catalog.js';
import { systemPrincipal, type Principal } from '../../../src/platform/access/principal.js';
import { assetTree } from '../../../src/platform/assets/asset-tree.js';
import { Assets } from '../../../src/platform/assets/assets.js';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { AuditWriter } from '../../../src/platform/audit/audit-writer.js';
import { Clock } from '../../../src/platform/clock.js';
import { Vault, type Sealed, type Unsealed } from '../../../src/platform/crypto/vault.js';
import { OwnerDatabase } from '../../../src/platform/database/owner-database.js';
import { Sql } from '../../../src/platform/database/sql.js';
import { DomainError, errorDefinition } from '../../../src/platform/errors/domain-error.js';
import { EventBus, type DomainEvent } from '../../../src/platform/events/event-bus.js';
import { HealthRegistry } from '../../../src/platform/health/health.js';
import { createI18n } from '../../../src/platform/i18n/i18n.module.js';
import { I18n } from '../../../src/platform/i18n/i18n.js';
import { LiveBus, type LiveSignal } from '../../../src/platform/live/live-bus.js';
import { SessionWatch } from '../../../src/platform/live/session-watch.js';
import { LOG } from '../../../src/platform/logging/log.js';
import { Contributions } from '../../../src/platform/ports/contributions.js';
import { PluginAdmin } from '../../../src/platform/ports/plugin-admin.js';
import { Providers } from '../../../src/platform/ports/providers.js';
import { IconSet } from '../../../src/platform/views/icon-set.js';
import { Work } from '../../../src/platform/work/work.js';
import type { TestDatabase } from '../../support/database.js';
import { KnownSessions } from '../../support/known-sessions.js';

export const FIXTURES = path.resolve('test/fixtures/plugins');
export const OWNER: Principal = { ...systemPrincipal('test'), kind: 'user', locale: 'en', timeZone: 'America/Denver' };

class TestVault extends Vault {
  async seal(_: string, __: object, plaintext: string): Promise<Buffer> {
    return Buffer.from(`sealed:${Buffer.from(plaintext).toString('hex')}`);
  }
  async open(_: string, __: object, ciphertext: Buffer): Promise<string> {
    return Buffer.from(ciphertext.toString().slice('sealed:'.length), 'hex').toString();
  }
  sealMany(values: readonly Unsealed[]): Promise<Buffer[]> {
    return Promise.all(values.map(({ dataClass, place, plaintext }) => this.seal(dataClass, place, plaintext)));
  }
  openMany(values: readonly Sealed[]): Promise<string[]> {
    return Promise.all(values.map(({ dataClass, place, ciphertext }) => this.open(dataClass, place, ciphertext)));
  }
  hash(purpose: string, text: string): Buffer {
    return createHash('sha256').update(`${purpose}|${text}`).digest();
  }
  derive(purpose: string): Buffer {
    return this.hash('derive', purpose);
  }
}

/** Keeps what was written. */
export class TestAudit extends AuditWriter {
  readonly entries: AuditEntry[] = [];
  async writeInside(_: EntityManager, __: Principal, entries: readonly AuditEntry[]): Promise<void> {
    this.entries.push(...entries);
  }
  async record(_: Principal, entry: AuditEntry): Promise<void> {
    this.entries.push(entry);
  }
}

/** One for all "server processes" of a test. */
export class TestLiveBus extends LiveBus {
  private readonly listeners = new Map<string, Set<(signal: LiveSignal) => void>>();
  publishInside(
    _: EntityManager,
    topic: string,
    event: string,
    data: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    // The transaction of the test commits a moment later; so does the signal arrive.
    setTimeout(() => void this.publish(topic, event, data), 20);
    return Promise.resolve();
  }
  async publish(topic: string, event: string, data: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const listener of this.listeners.get(topic) ?? []) listener({ topic, event, data });
  }
  subscribe(topic: string, listener: (signal: LiveSignal) => void): () => void {
    const set = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, set.add(listener));
    return () => void set.delete(listener);
  }
}

class TestEvents extends EventBus {
  private readonly handlers: { types: readonly string[]; handle: (event: DomainEvent) => Promise<void> }[] = [];
  async publishInside(
    _: EntityManager,
    type: string,
    key: string,
    payload: Readonly<Record<string, string>>,
  ): Promise<void> {
    const event = { id: `${type}-${key}`, type, key, payload };
    for (const { types, handle } of this.handlers) if (types.includes(type)) await handle(event);
  }
  subscribe(_: string, types: readonly string[], handle: (event: DomainEvent) => Promise<void>): void {
    this.handlers.push({ types, handle });
  }
}

class TestPermissions extends PermissionCatalog {
  known(): ReadonlySet<string> {
    return new Set(['plugins:manage', 'practice:read']);
  }
}

@Global()
@Module({})
class TestPlatform {
  static with(dataSource: DataSource, owner: OwnerDatabase, live: LiveBus, audit: TestAudit): DynamicModule {
    const providers = [
      { provide: DataSource, useValue: dataSource },
      { provide: OwnerDatabase, useValue: owner },
      Sql,
      Work,
      Clock,
      HealthRegistry,
      { provide: Vault, useClass: TestVault },
      { provide: AuditWriter, useValue: audit },
      { provide: LiveBus, useValue: live },
      { provide: LivingSessions, useClass: KnownSessions },
      SessionWatch,
      { provide: EventBus, useClass: TestEvents },
      { provide: PermissionCatalog, useClass: TestPermissions },
      { provide: Assets, useValue: new Assets(assetTree(new Map())) },
      { provide: I18n, useFactory: createI18n },
      { provide: IconSet, useFactory: () => IconSet.load('src') },
      { provide: LOG, useValue: pino({ level: process.env.TEST_LOG ?? 'silent' }) },
    ];
    return { module: TestPlatform, providers, exports: providers.map((one) => ('provide' in one ? one.provide : one)) };
  }
}

export interface TestKernel {
  readonly kernel: Kernel;
  readonly admin: PluginAdmin;
  readonly contributions: Contributions;
  readonly providers: Providers;
  readonly health: HealthRegistry;
  readonly audit: TestAudit;
  readonly dataSource: DataSource;
  /** What else the server is made of. */
  get<T>(token: Type<T>): T;
  readonly url: string;
  /** Who requests to the test server come from; nobody at first. */
  signIn(who: Principal | undefined): void;
  close(): Promise<void>;
}

interface Login {
  readonly name: string;
  readonly password: string;
}

export interface TestKernelOptions extends Partial<KernelOptions> {
  /** Fixtures to run, copied into a folder of their own; not looked at when `pluginRoots` is given. */
  readonly plugins?: readonly string[];
  readonly live?: LiveBus;
  /** Logs in as this user, e.g. one that may not create roles. */
  readonly user?: Login;
  /** The owner of the database, where that is another. */
  readonly owner?: Login;
}

/** A database with the kernel's tables. */
export async function kernelDatabase(database: TestDatabase): Promise<void> {
  const dataSource = await connect(database);
  await dataSource.query('CREATE SCHEMA kernel');
  await dataSource.query('CREATE SCHEMA core');
  await dataSource.query(`CREATE TABLE core.secret (text text)`);
  const runner = dataSource.createQueryRunner();
  for (const Migration of kernelMigrations) await new Migration().up(runner);
  await runner.release();
  await dataSource.destroy();
}

/** A server with nothing but the kernel and one core route, `/`. Every fixture named is enabled unless options say otherwise. */
export async function startKernel(database: TestDatabase, options: TestKernelOptions = {}): Promise<TestKernel> {
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'alcove-kernel-'));
  const names = options.plugins ?? [];
  const dataSource = await connect(database, options.user);
  const audit = new TestAudit();
  const live = options.live ?? new TestLiveBus();
  const app = await NestFactory.create(
    {
      module: class TestRoot {},
      imports: [
        TestPlatform.with(dataSource, ownerOf(database, options.owner ?? options.user), live, audit),
        KernelModule.forRoot({
          enabledByDefault: names,
          ...options,
          pluginRoots: options.pluginRoots ?? [pluginRoot(names)],
          dataDir,
          deadlines: { boot: 3_000, setup: 2_000, teardown: 200, retryFirst: 50, ...options.deadlines },
        }),
      ],
    },
    { logger: false, abortOnError: false },
  );
  await app.init();
  const kernel = app.get(Kernel);
  await kernel.start();
  let principal: Principal | undefined;
  const front = express();
  front.use((request: Request, _response, next) => {
    Object.assign(request, { principal, requestId: 'test', nonce: 'n', clientIp: '127.0.0.1' });
    next();
  });
  kernel.mount(front);
  front.get('/', (_request, response) => void response.send('core'));
  front.use(answerErrors);
  const server: Server = createServer(front);
  server.on('upgrade', (request, socket, head) => {
    if (!kernel.upgrade(request, socket, head)) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    kernel,
    admin: app.get(PluginAdmin),
    contributions: app.get(Contributions),
    providers: app.get(Providers),
    health: app.get(HealthRegistry),
    audit,
    dataSource,
    get: (token) => app.get(token),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    signIn: (who) => {
      principal = who;
    },
    close: async () => {
      await kernel.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await app.close();
      await dataSource.destroy();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A folder with copies of these fixtures and no others; gone after `removeRoots`. */
export function pluginRoot(names: readonly string[]): string {
  // Below the repository, so that the plugins find the server's own packages as first-party plugins do.
  const root = mkdtempSync(path.resolve('test/fixtures/.run-'));
  for (const name of names) cpSync(path.join(FIXTURES, name), path.join(root, name), { recursive: true });
  roots.add(root);
  return root;
}

const roots = new Set<string>();

/** Call in afterAll: removes the copies. */
export function removeRoots(): void {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
}

function ownerOf(database: TestDatabase, login?: Login): OwnerDatabase {
  const { host, port, user, password } = database.connection;
  return new OwnerDatabase(
    {
      host: String(host),
      port: Number(port),
      database: database.name,
      user: login?.name ?? String(user),
      password: login?.password ?? String(password),
      ssl: false,
    },
    { poolMax: 4, connectTimeoutMs: 1_500, statementTimeoutMs: 15_000 },
  );
}

async function connect(database: TestDatabase, user?: Login): Promise<DataSource> {
  const { host, port, user: owner, password, database: name } = database.connection;
  return new DataSource({
    type: 'postgres',
    host,
    port,
    database: name,
    username: user?.name ?? owner,
    password: user?.password ?? String(password),
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolSize: 4,
  }).initialize();
}

const answerErrors: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const code = error instanceof DomainError ? error.code : 'unknown';
  const status = (error as { status?: number }).status ?? errorDefinition(code)?.status ?? 500;
  response.status(status).send(code);
};
