import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AuditKeys } from '../../../src/platform/audit/audit-keys.js';
import { AuditStatus } from '../../../src/platform/audit/audit-status.js';
import { scale, seededRandom } from '../../scale.js';
import { auditWorld, entry, somebody, type AuditWorld } from './support.js';

let world: AuditWorld;
const root = randomBytes(32);
beforeEach(async () => {
  world = await auditWorld(new AuditKeys({ root }));
});
afterEach(() => world.close());

const rows = <Row extends object>(columns: string) =>
  world.dataSource.query<Row[]>(`SELECT ${columns} FROM core.audit_event ORDER BY core.audit_event.seq`);

describe('a change', () => {
  it('has its rows in its own transaction, with who, where and what', async () => {
    const clientId = '0191F0A0-0000-7000-8000-00000000ABCD';
    await world.dataSource.transaction((manager) =>
      world.writer.writeInside(manager, somebody, [
        { action: 'chart.read', object: 'client:1', clientId, facts: { a: 1, huge: 1e300, text: 'x' } },
        { action: 'chart.close', outcome: 'refused', reason: 'not-yours' },
      ]),
    );
    const [first, second] = await rows<Record<string, unknown>>('*');
    expect(first).toMatchObject({
      actor_kind: 'user',
      actor_id: somebody.id,
      role: 'clinician',
      session_ref: 'session-1',
      request_id: 'request-1',
      ip: '2001:db8::1',
      action: 'chart.read',
      object: 'client:1',
      client_id: clientId.toLowerCase(),
      outcome: 'ok',
      reason: null,
      facts: { a: 1, huge: '1e+300', text: 'x' },
    });
    expect(second).toMatchObject({ action: 'chart.close', outcome: 'refused', reason: 'not-yours', facts: null });
    expect((await world.verify()).problems).toEqual([]);
  });

  it('that rolls back leaves neither row nor waiting number', async () => {
    await expect(
      world.dataSource.transaction(async (manager) => {
        await world.writer.writeInside(manager, somebody, [entry(0)]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await world.verify()).toMatchObject({ rows: 0, unsealed: { count: 0 }, problemCount: 0 });
  });

  it('with text that PostgreSQL cannot store, or an odd address, is recorded all the same', async () => {
    const odd = { ...somebody, ip: '::ffff:10.0.0.7', requestId: 'a\0b\ud800' };
    await world.writer.record(odd, { action: 'x.y', reason: '\ud83d', facts: { 'k\0': 'v\0' } });
    for (const ip of ['fe80::1%eth0', 'not an address', ''])
      await world.writer.record({ ...somebody, ip }, { action: 'x.y' });
    expect((await rows<{ ip: string | null }>('ip')).map(({ ip }) => ip)).toEqual(['10.0.0.7', 'fe80::1', null, null]);
    expect((await world.verify()).problems).toEqual([]);
  });
});

describe('reads', () => {
  it('at the same time share few inserts, and each is there when its reader is answered', async () => {
    let statements = 0;
    const { sql } = world.writer as unknown as { sql: { rows: (...args: unknown[]) => Promise<unknown> } };
    const real = sql.rows.bind(sql);
    sql.rows = (...args) => (statements++, real(...args));
    await Promise.all(
      Array.from({ length: 2_500 }, async (_, at) => {
        const object = `client:${at}`;
        await world.writer.record(somebody, { action: 'chart.read', object });
        if (at % 250 !== 0) return;
        const [{ there }] = await world.dataSource.query<{ there: boolean }[]>(
          'SELECT EXISTS (SELECT FROM core.audit_event WHERE object = $1) AS there',
          [object],
        );
        expect(there).toBe(true);
      }),
    );
    expect(await rows('seq')).toHaveLength(2_500);
    expect(statements).toBe(3);
  });

  it('with a malformed client id fail alone', async () => {
    const good = world.writer.record(somebody, { action: 'chart.read' });
    await expect(world.writer.record(somebody, { action: 'chart.read', clientId: "x'" })).rejects.toThrow(/malformed/);
    await good;
    expect(await rows('seq')).toHaveLength(1);
  });

  it('are refused, not answered, when their row cannot be written; later ones go on', async () => {
    await world.dataSource.query('ALTER TABLE core.audit_pending RENAME TO gone');
    await expect(world.writer.record(somebody, entry(0))).rejects.toThrow(/audit_pending/);
    await world.dataSource.query('ALTER TABLE core.gone RENAME TO audit_pending');
    await world.writer.record(somebody, entry(0));
    expect(await rows('seq')).toHaveLength(1);
  });

  it('are never answered without a row, whenever the server is killed, and nothing is left unsealable', async () => {
    const random = seededRandom(7);
    const answered: string[] = [];
    for (let round = 0; round < scale.killedServers; round++) {
      answered.push(...(await killedServer(String(round), random() * 400)));
    }
    const stored = await storedObjects();
    expect(answered.filter((object) => !stored.has(object))).toEqual([]);
    expect(answered.length).toBeGreaterThan(scale.killedServers * 10);
    await world.seal();
    expect(await world.verify()).toMatchObject({ problems: [], unsealed: { count: 0 }, sealed: stored.size });
  }, 600_000);

  it('answered before their row is durable would be noticed (the test can fail)', async () => {
    const answered = await killedServer('early', 300, 'answers-early');
    const stored = await storedObjects();
    expect(answered.filter((object) => !stored.has(object)).length).toBeGreaterThan(0);
  });

  const storedObjects = async () => new Set((await rows<{ object: string }>('object')).map(({ object }) => object));

  /** Starts a server that records reads, kills it `after` milliseconds of work, answers the objects it said were recorded. */
  async function killedServer(name: string, after: number, fault = ''): Promise<string[]> {
    const beside = (file: string) => path.join(import.meta.dirname, file);
    const args = [world.url, world.anchorFile, root.toString('hex'), name, fault];
    const server = spawn(
      process.execPath,
      ['--import', beside('typescript-loader.mjs'), beside('reading-server.ts'), ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    let complaints = '';
    server.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    server.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    const ended = once(server, 'close');
    for (let waited = 0; said === '' && server.exitCode === null && waited < 45_000; waited += 20) await sleep(20);
    await sleep(after);
    server.kill('SIGKILL');
    await ended;
    expect({ complaints, said: said !== '' }).toEqual({ complaints: '', said: true });
    return said.slice(0, said.lastIndexOf('\n')).split('\n');
  }
});

describe('sealing', () => {
  it('takes rows that commit out of order into later batches', async () => {
    const late = world.dataSource.createQueryRunner();
    await late.startTransaction();
    await world.writer.writeInside(late.manager, somebody, [entry(0)]);
    const early = await world.write(2);
    expect(await world.sealer.sealAll()).toBe(2);
    await late.commitTransaction();
    await late.release();
    expect(await world.sealer.sealAll()).toBe(1);
    const batches = await world.dataSource.query<{ from_seq: string; to_seq: string }[]>(
      'SELECT from_seq, to_seq FROM core.audit_batch ORDER BY no',
    );
    expect(batches).toEqual([
      { from_seq: early[0], to_seq: early[1] },
      { from_seq: '1', to_seq: '1' },
    ]);
    await world.seal();
    expect((await world.verify()).problems).toEqual([]);
  });

  it('makes no batch when there is nothing to seal', async () => {
    await world.write(1);
    await world.seal();
    await world.seal();
    expect(await world.sealer.sealAll()).toBe(0);
    expect(await world.verify()).toMatchObject({ batches: 1, anchor: { heads: 1 } });
  });

  it('is done once by many processes at a time, while others write', async () => {
    const processes = await Promise.all(Array.from({ length: 4 }, () => world.another()));
    let writing = true;
    const sealers = processes.map(async ({ sealer }) => {
      while (writing) {
        await sealer.sealAll();
        await sleep(1);
      }
    });
    await Promise.all(
      processes.map(async ({ writer, dataSource }) => {
        for (let at = 0; at < 30; at++) {
          await writer.record(somebody, entry(at));
          await dataSource.transaction((manager) => writer.writeInside(manager, somebody, [entry(at), entry(at + 1)]));
        }
      }),
    );
    writing = false;
    await Promise.all(sealers);
    await world.seal();
    const report = await world.verify();
    expect(report).toMatchObject({ rows: 360, sealed: 360, problems: [], unsealed: { count: 0 } });
    expect(report.batches).toBeGreaterThan(1);
  });

  it('loses nothing when its connection is killed in the middle', async () => {
    await world.write(200);
    const victim = await world.another();
    const sealing = Array.from({ length: 10 }, () => victim.sealer.sealAll().catch((error: Error) => error.message));
    await world.dataSource.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await Promise.all(sealing);
    await world.seal();
    expect(await world.verify()).toMatchObject({ rows: 200, sealed: 200, problems: [] });
  });

  it('by its own clock anchors what a killed server left, and stops with everything sealed', async () => {
    await world.write(5);
    await world.sealer.sealAll();
    expect((await world.verify()).problems).toEqual([{ kind: 'anchor-missing' }]);
    const next = await world.another();
    await next.sealer.onApplicationBootstrap();
    await world.write(3);
    for (let waited = 0; waited < 8_000 && (await world.verify()).unsealed.count > 0; waited += 200) await sleep(200);
    expect(await world.verify()).toMatchObject({ problems: [], unsealed: { count: 0 }, batches: 2 });
    await world.write(2);
    await next.sealer.beforeApplicationShutdown();
    expect(await world.verify()).toMatchObject({ batches: 3, anchor: { lastBatch: '3', rows: '10' }, problems: [] });
  });

  it('tells the pages how it stands', async () => {
    const status = new AuditStatus(world.dataSource);
    expect(await status.state()).toEqual({
      lastBatch: null,
      lastSealedAt: null,
      sealedRows: 0,
      unsealed: { count: 0, oldestSeconds: null },
    });
    await world.write(8);
    await world.seal();
    await world.write(1);
    expect(await status.state()).toMatchObject({ lastBatch: '1', sealedRows: 8, unsealed: { count: 1 } });
    expect((await status.state()).lastSealedAt).toBeInstanceOf(Date);
    expect(await status.troubles('access.sign-in', new Date(Date.now() - 60_000))).toBe(2);
    expect(await status.troubles('access.sign-in', new Date(Date.now() + 60_000))).toBe(0);
  });
});
