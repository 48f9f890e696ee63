import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DataSource } from 'typeorm';
import type { Principal } from '../../../src/platform/access/principal.js';
import { AuditAnchor } from '../../../src/platform/audit/audit-anchor.js';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { AuditKeys } from '../../../src/platform/audit/audit-keys.js';
import type { AuditReport } from '../../../src/platform/audit/audit-report.js';
import { AuditSealer } from '../../../src/platform/audit/audit-sealer.js';
import { verifyAudit } from '../../../src/platform/audit/audit-verify.js';
import { auditMigrations } from '../../../src/platform/audit/migrations/index.js';
import { PgAuditWriter } from '../../../src/platform/audit/pg-audit-writer.js';
import { Clock } from '../../../src/platform/clock.js';
import { newKeyRing } from '../../../src/platform/crypto/key-ring.js';
import { Sql } from '../../../src/platform/database/sql.js';
import { newId } from '../../../src/platform/ids.js';
import { freshDatabase } from '../../support/database.js';

export const somebody: Principal = {
  kind: 'user',
  id: newId(),
  role: 'clinician',
  permissions: new Set(['chart:read']),
  sessionId: 'session-1',
  requestId: 'request-1',
  ip: '2001:0db8:0:0::1',
};

/** One "server process" writing and sealing. */
export interface AuditProcess {
  readonly dataSource: DataSource;
  readonly writer: PgAuditWriter;
  readonly sealer: AuditSealer;
}

export interface AuditWorld extends AuditProcess {
  readonly url: string;
  readonly database: string;
  readonly anchorFile: string;
  readonly keys: AuditKeys;
  another(): Promise<AuditProcess>;
  /** Writes `count` rows of every shape, in one transaction, and answers their numbers. */
  write(count: number): Promise<string[]>;
  /** Seals everything and anchors it, as a clean start and stop do. */
  seal(): Promise<void>;
  /** Statements of somebody with all rights and no scruples: triggers do not fire. */
  tamper(...statements: string[]): Promise<void>;
  verify(problems?: number): Promise<AuditReport>;
  close(): Promise<void>;
}

export async function auditWorld(keys = new AuditKeys(newKeyRing())): Promise<AuditWorld> {
  const database = await freshDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), 'alcove-audit-'));
  const anchorFile = path.join(dir, 'audit-anchor.jsonl');
  const processes: AuditProcess[] = [];
  const another = async (): Promise<AuditProcess> => {
    const dataSource = await new DataSource({
      type: 'postgres',
      url: database.url,
      installExtensions: false,
    }).initialize();
    const clock = new Clock();
    const writer = new PgAuditWriter(new Sql(dataSource), clock, keys);
    const sealer = new AuditSealer(dataSource, keys, clock, new AuditAnchor(anchorFile), writer);
    processes.push({ dataSource, writer, sealer });
    return { dataSource, writer, sealer };
  };
  const first = await another();
  const { dataSource } = first;
  await dataSource.query('CREATE SCHEMA core');
  const runner = dataSource.createQueryRunner();
  for (const Migration of auditMigrations) await new Migration().up(runner);
  await runner.release();
  return {
    ...first,
    url: database.url,
    database: database.name,
    anchorFile,
    keys,
    another,
    async write(count) {
      const [{ last }] = await dataSource.query<{ last: string }[]>(
        'SELECT coalesce(max(seq), 0)::text AS last FROM core.audit_event',
      );
      const entries = Array.from({ length: count }, (_, at) => entry(at));
      await dataSource.transaction((manager) => first.writer.writeInside(manager, somebody, entries));
      const rows = await dataSource.query<{ seq: string }[]>(
        'SELECT seq::text AS seq FROM core.audit_event WHERE seq > $1 ORDER BY core.audit_event.seq',
        [last],
      );
      return rows.map(({ seq }) => seq);
    },
    async seal() {
      const closing = await another();
      await closing.sealer.onApplicationBootstrap();
      await closing.sealer.beforeApplicationShutdown();
    },
    tamper: (...statements) =>
      dataSource.transaction(async (manager) => {
        await manager.query('SET LOCAL session_replication_role = replica');
        for (const statement of statements) await manager.query(statement);
      }),
    verify: (problems) => verifyAudit(dataSource, keys, anchorFile, { problems }),
    async close() {
      for (const process of processes) await process.dataSource.destroy();
      await database.close();
      await rm(dir, { recursive: true });
    },
  };
}

/** Entries with and without every optional part. */
export function entry(at: number): AuditEntry {
  const shapes: AuditEntry[] = [
    { action: 'chart.read', object: `client:${newId()}`, clientId: newId() },
    {
      action: 'appointment.move',
      object: `appointment:${newId()}`,
      facts: { from: 'booked', minutes: 50, late: false, by: null },
    },
    {
      action: 'session.admit',
      outcome: 'refused',
      reason: 'not-yours',
      clientId: newId(),
      facts: { tries: at, share: 0.1 },
    },
    { action: 'access.sign-in', outcome: 'failed', reason: 'Zoë said “no”', facts: {} },
  ];
  return shapes[at % shapes.length];
}
