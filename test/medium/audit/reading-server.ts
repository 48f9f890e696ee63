import 'reflect-metadata';
import { writeSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { AuditAnchor } from '../../../src/platform/audit/audit-anchor.js';
import { AuditKeys } from '../../../src/platform/audit/audit-keys.js';
import { AuditSealer } from '../../../src/platform/audit/audit-sealer.js';
import { PgAuditWriter } from '../../../src/platform/audit/pg-audit-writer.js';
import { Clock } from '../../../src/platform/clock.js';
import { Sql } from '../../../src/platform/database/sql.js';

/** A server that is there to be killed: it records reads without end and prints the object of each one it would have answered. */
const [url, anchorFile, root, name, fault] = process.argv.slice(2);
const dataSource = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
const keys = new AuditKeys({ root: Buffer.from(root, 'hex') });
const clock = new Clock();
const writer = new PgAuditWriter(new Sql(dataSource), clock, keys);
const sealer = new AuditSealer(dataSource, keys, clock, new AuditAnchor(anchorFile), writer);
await sealer.onApplicationBootstrap();

const reader = async (which: number): Promise<void> => {
  for (let read = 0; ; read++) {
    const object = `client:${name}-${which}-${read}`;
    const recorded = writer.record(
      { kind: 'user', id: 'reader', permissions: new Set() },
      { action: 'chart.read', object },
    );
    if (fault !== 'answers-early') await recorded;
    // Straight to the pipe: what the test reads was said before the kill.
    writeSync(1, `${object}\n`);
    await recorded;
    if (read % 20 === 0) await sealer.sealAll();
  }
};
await Promise.all(Array.from({ length: 16 }, (_, which) => reader(which)));
