import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { AuditModule } from '../../../src/platform/audit/audit.module.js';
import { AuditStatus } from '../../../src/platform/audit/audit-status.js';
import { AuditWriter } from '../../../src/platform/audit/audit-writer.js';
import { Clock } from '../../../src/platform/clock.js';
import { CryptoModule } from '../../../src/platform/crypto/crypto.module.js';
import { KeyRingHolder } from '../../../src/platform/crypto/key-ring.holder.js';
import { newKeyRing } from '../../../src/platform/crypto/key-ring.js';
import { cryptoMigrations } from '../../../src/platform/crypto/migrations/index.js';
import { Vault } from '../../../src/platform/crypto/vault.js';
import { auditMigrations } from '../../../src/platform/audit/migrations/index.js';
import { Sql } from '../../../src/platform/database/sql.js';
import { freshDatabase } from '../../support/database.js';
import { entry, somebody } from './support.js';

it('stands up as Nest modules, and stops with everything written, sealed and anchored', async () => {
  const database = await freshDatabase();
  const dir = await mkdtemp(path.join(tmpdir(), 'alcove-modules-'));
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    installExtensions: false,
  }).initialize();
  await dataSource.query('CREATE SCHEMA core');
  const runner = dataSource.createQueryRunner();
  for (const Migration of [...cryptoMigrations, ...auditMigrations]) await new Migration().up(runner);

  @Global()
  @Module({
    providers: [Clock, Sql, { provide: DataSource, useValue: dataSource }],
    exports: [Clock, Sql, DataSource],
  })
  class Ground {}

  const holder = new KeyRingHolder(newKeyRing(), { file: path.join(dir, 'keys.json') });
  const anchorFile = path.join(dir, 'audit-anchor.jsonl');
  const module = await Test.createTestingModule({
    imports: [Ground, CryptoModule.forRoot(holder), AuditModule.forRoot({ anchorFile })],
  }).compile();
  await module.init();
  const vault = module.get(Vault);
  const place = { table: 't', column: 'c', row: 'r' };
  expect(await vault.open('secret', place, await vault.seal('secret', place, 'x'))).toBe('x');
  await module.get(AuditWriter).record(somebody, entry(0));
  expect((await module.get(AuditStatus).state()).unsealed.count).toBe(1);
  await module.close();

  const [{ total }] = await dataSource.query<{ total: string }[]>('SELECT max(total) AS total FROM core.audit_batch');
  expect(total).toBe('1');
  expect((await readFile(anchorFile, 'utf8')).trim().split('\n')).toHaveLength(1);
  for (const Migration of [...auditMigrations, ...cryptoMigrations]) await new Migration().down(runner);
  const left = await dataSource.query<unknown[]>(`SELECT FROM pg_tables WHERE schemaname = 'core'`);
  expect(left).toEqual([]);
  await runner.release();
  await dataSource.destroy();
  await database.close();
  await rm(dir, { recursive: true });
});
