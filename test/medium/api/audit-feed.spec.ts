import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { AuditSealer } from '../../../src/platform/audit/audit-sealer.js';
import { AuditWriter } from '../../../src/platform/audit/audit-writer.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { call, programOf } from './support.js';

interface Row {
  readonly seq: string;
  readonly batch: string;
  readonly action: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly sessionRef: string | null;
  readonly object: string | null;
}
interface Answer {
  readonly rows: readonly Row[];
  readonly next: string;
  readonly more: boolean;
}

const SOMEBODY = systemPrincipal('test');

let booted: BootedApp;
let key: string;
let programId: string;
beforeAll(async () => {
  booted = await bootApp();
  const program = await programOf(booted);
  programId = program.id;
  key = await program.key('audit:read');
});
afterAll(async () => {
  await booted.close();
});

const seal = (): Promise<number> => booted.app.get(AuditSealer, { strict: false }).sealAll();
const writer = (): AuditWriter => booted.app.get(AuditWriter, { strict: false });

/** A collector: asks until there is nothing more, and keeps its place. */
async function collect(place: string | null, limit: number): Promise<{ rows: Row[]; place: string | null }> {
  const rows: Row[] = [];
  let at = place;
  for (let asked = 0; asked < 200; asked++) {
    const after = at === null ? '' : `&after=${at}`;
    const { status, body } = await call(booted, `/api/v1/audit?limit=${limit}${after}`, { key });
    if (status !== 200) throw new Error(`${status}`);
    const answer = body as unknown as Answer;
    rows.push(...answer.rows);
    at = answer.next;
    if (!answer.more) return { rows, place: at };
  }
  throw new Error('the feed did not come to an end');
}

describe('the audit for collectors', () => {
  it('gives every sealed row once, in the order of sealing, whatever the size of a page', async () => {
    for (let at = 0; at < 30; at++) {
      await Promise.all(Array.from({ length: 7 }, () => writer().record(SOMEBODY, { action: 'test.read' })));
      if (at % 3 === 0) await seal();
    }
    await seal();
    const reads = await Promise.all([3, 7, 64, 1000].map((limit) => collect(null, limit)));
    const stored = await booted.app
      .get(DataSource)
      .query<{ seq: string }[]>(
        `SELECT seq::text AS seq FROM core.audit_event WHERE action = 'test.read' ORDER BY core.audit_event.seq`,
      );
    expect(stored.length).toBe(210);
    for (const { rows } of reads) {
      const seqs = rows.map(({ seq }) => seq);
      expect(new Set(seqs).size).toBe(seqs.length);
      expect(rows.filter(({ action }) => action === 'test.read').map(({ seq }) => seq)).toEqual(
        stored.map(({ seq }) => seq),
      );
      const batches = rows.map(({ batch }) => Number(batch));
      expect(batches).toEqual([...batches].sort((a, b) => a - b));
    }
  }, 60_000);

  it('leaves out nothing that commits late, as a place by row number would', async () => {
    const dataSource = booted.app.get(DataSource);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let written: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => (written = resolve));
    const late = dataSource.transaction(async (manager) => {
      await writer().writeInside(manager, SOMEBODY, [{ action: 'test.late' }]);
      written();
      await gate;
    });
    await begun;
    await writer().record(SOMEBODY, { action: 'test.early' });
    await seal();
    const before = await collect(null, 500);
    const early = before.rows.find(({ action }) => action === 'test.early');
    expect(before.rows.some(({ action }) => action === 'test.late')).toBe(false);
    release();
    await late;
    await seal();
    const after = await collect(before.place, 500);
    const found = after.rows.find(({ action }) => action === 'test.late');
    // The trap is really there: the late row has the lower number.
    expect(BigInt(found?.seq ?? '0') < BigInt(early?.seq ?? '0')).toBe(true);
    expect(BigInt(found?.seq ?? '0')).toBeGreaterThan(0n);
  });

  it('writes each call down with the program, its key and the pattern of the route', async () => {
    const { body } = await call(booted, '/api/v1/whoami', { key });
    await seal();
    const { rows } = await collect(null, 1000);
    const calls = rows.filter(({ action }) => action === 'api.call');
    expect(calls.length).toBeGreaterThan(3);
    expect(new Set(calls.map(({ actorKind, actorId }) => `${actorKind} ${actorId}`))).toEqual(
      new Set([`service ${programId}`]),
    );
    expect(new Set(calls.map(({ sessionRef }) => sessionRef))).toEqual(new Set([body.key]));
    expect(new Set(calls.map(({ object }) => object))).toEqual(
      new Set(['route:GET /api/v1/audit', 'route:GET /api/v1/whoami']),
    );
    expect(JSON.stringify(rows)).not.toContain(key.slice(15));
  });

  it('waits at its place while there is nothing new', async () => {
    const { place } = await collect(null, 1000);
    const { body } = await call(booted, '/api/v1/audit?after=999999999999999999.0', { key });
    expect(body).toEqual({ rows: [], next: '999999999999999999.0', more: false });
    expect(place).toMatch(/^\d+\.\d+$/);
  });
});
