import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { AuditWriter } from '../../../src/platform/audit/audit-writer.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';
import { EgressAudit } from '../../../src/platform/egress/egress-audit.js';
import { EgressRegistry } from '../../../src/platform/egress/egress-registry.js';
import { Egress } from '../../../src/platform/egress/egress.js';
import { Resolver } from '../../../src/platform/egress/resolver.js';

/** Keeps the rows instead of writing them. */
export class RememberedAudit extends AuditWriter {
  readonly entries: AuditEntry[] = [];

  writeInside(): Promise<void> {
    return Promise.reject(new Error('egress changes nothing'));
  }

  record(_who: unknown, entry: AuditEntry): Promise<void> {
    this.entries.push(entry);
    return Promise.resolve();
  }
}

/** A name server of the test: each name has answers, one after the other; the last one stays. */
export class ScriptedResolver extends Resolver {
  readonly asked: string[] = [];

  constructor(private readonly answers: Record<string, string[][]> = {}) {
    super();
  }

  override addresses(host: string): Promise<readonly string[]> {
    this.asked.push(host);
    const list = this.answers[host] ?? this.answers['*'];
    if (!list) return Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
    return Promise.resolve(list.length > 1 ? (list.shift() ?? []) : list[0]);
  }
}

export interface EgressStand {
  readonly egress: Egress;
  readonly rows: AuditEntry[];
  readonly resolver: ScriptedResolver;
  readonly log: EgressAudit;
}

/** An egress of its own. Its one purpose `test` may call any place unless `places` says which, so that the other walls show. */
export function egressStand(options: {
  env?: Record<string, string>;
  answers?: Record<string, string[][]>;
  places?: readonly string[];
}): EgressStand {
  const config = loadConfig({ NODE_ENV: 'test', ...options.env });
  const registry = new EgressRegistry();
  const everything = { includes: () => true } as unknown as readonly string[];
  registry.register({ id: 'test', leaves: 'test', places: () => options.places ?? everything });
  const audit = new RememberedAudit();
  const resolver = new ScriptedResolver(options.answers);
  const log = new EgressAudit(audit, pino({ level: 'silent' }));
  const egress = new Egress(registry, log, resolver, config.runtime, config.egress);
  return { egress, rows: audit.entries, resolver, log };
}

export interface Listening {
  readonly port: number;
  /** Connections seen so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** A server whose only job is to notice that somebody connects. */
export function sentinel(host = '127.0.0.1', port = 0): Promise<Listening> {
  let seen = 0;
  const server = createTcpServer((socket) => {
    seen++;
    socket.on('error', () => socket.destroy());
    socket.destroy();
  });
  return listening(server, host, port, () => seen);
}

export function webServer(answer: RequestListener, host = '127.0.0.1', port = 0): Promise<Listening> {
  let seen = 0;
  const server = createServer(answer);
  server.on('connection', () => seen++);
  return listening(server, host, port, () => seen);
}

function listening(
  server: Server | ReturnType<typeof createTcpServer>,
  host: string,
  port: number,
  connections: () => number,
): Promise<Listening> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        connections,
        close: () =>
          new Promise((done) => {
            if ('closeAllConnections' in server) server.closeAllConnections();
            server.close(() => done());
          }),
      }),
    );
  });
}
