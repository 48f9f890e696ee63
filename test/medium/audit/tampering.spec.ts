import { appendFile, copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { auditExitCode, type AuditProblem } from '../../../src/platform/audit/audit-report.js';
import { auditLeaf } from '../../../src/platform/audit/audit-row.js';
import { rowsBySeq } from '../../../src/platform/audit/audit-rows.query.js';
import { AuditKeys } from '../../../src/platform/audit/audit-keys.js';
import { verifyAudit } from '../../../src/platform/audit/audit-verify.js';
import { newKeyRing } from '../../../src/platform/crypto/key-ring.js';
import { scale, seededRandom } from '../../scale.js';
import { auditWorld, type AuditWorld } from './support.js';

let world: AuditWorld;
let seqs: string[];
beforeEach(async () => {
  world = await auditWorld();
  seqs = await world.write(12);
  await world.seal();
  seqs.push(...(await world.write(12)));
  await world.seal();
});
afterEach(() => world.close());

const found = async (): Promise<AuditProblem[]> => [...(await world.verify()).problems];
const of = (kind: AuditProblem['kind'], seq: string, batch: string) => ({ kind, seq, batch });

/** One change for every column, each leaving a value of the right type. */
const COLUMN_CHANGES = [
  'id = gen_random_uuid()',
  `at = at + interval '1 microsecond'`,
  `at = 'infinity'`,
  `actor_kind = 'system'`,
  `actor_id = actor_id || '0'`,
  `role = CASE role WHEN 'owner' THEN NULL ELSE 'owner' END`,
  'session_ref = NULL',
  `request_id = 'request-2'`,
  `ip = '2001:db8::2'`,
  `ip = '2001:db8::1/64'`,
  'ip = NULL',
  `action = action || ' '`,
  `object = coalesce(object, '') || 'x'`,
  'client_id = gen_random_uuid()',
  `outcome = CASE outcome WHEN 'ok' THEN 'failed' ELSE 'ok' END`,
  `reason = coalesce(reason, '') || '.'`,
  `facts = coalesce(facts, '{}') || '{"more": 1}'`,
  `facts = CASE WHEN facts IS NULL THEN 'null'::jsonb END`,
  'leaf = set_byte(leaf, 31, get_byte(leaf, 31) # 1)',
  `leaf = ''`,
];

describe('a clean audit', () => {
  it('is found intact, counted, and states its unsealed tail', async () => {
    const tail = await world.write(3);
    const report = await world.verify();
    expect(report).toMatchObject({ rows: 27, sealed: 24, batches: 2, problems: [], problemCount: 0 });
    expect(report.unsealed.count).toBe(tail.length);
    expect(report.unsealed.oldestSeconds).toBeLessThan(60);
    expect(report.anchor).toEqual({ heads: 2, lastBatch: '2', rows: '24' });
    expect(auditExitCode(report)).toBe(0);
  });

  it('is intact when sequence numbers were lost to a rollback', async () => {
    await world.dataSource
      .transaction(async (manager) => {
        await world.writer.writeInside(manager, { kind: 'system', id: 'job', permissions: new Set() }, [
          { action: 'x.y' },
        ]);
        throw new Error('roll back');
      })
      .catch((error: Error) => expect(error.message).toBe('roll back'));
    await world.write(1);
    await world.seal();
    expect(await found()).toEqual([]);
  });

  it('cannot be changed without switching its triggers off', async () => {
    for (const statement of [
      `UPDATE core.audit_event SET action = 'x'`,
      'DELETE FROM core.audit_event',
      'TRUNCATE core.audit_event',
      'UPDATE core.audit_batch SET row_count = 1',
      'DELETE FROM core.audit_batch',
      'TRUNCATE core.audit_batch',
      'TRUNCATE core.audit_pending',
    ]) {
      await expect(world.dataSource.query(statement)).rejects.toThrow(/append-only/);
    }
  });

  it('is not intact for anybody without its keys (the test can fail)', async () => {
    const report = await verifyAudit(world.dataSource, new AuditKeys(newKeyRing()), world.anchorFile);
    expect(report.problemCount).toBeGreaterThan(24);
    expect(auditExitCode(report)).toBe(1);
  });
});

describe('rows', () => {
  it.each(COLUMN_CHANGES)('changed by SET %s are found and named, sealed or not', async (change) => {
    const [unsealed] = await world.write(1);
    await world.tamper(`UPDATE core.audit_event SET ${change} WHERE seq IN (${seqs[5]}, ${unsealed})`);
    expect(await found()).toEqual([of('row-changed', seqs[5], '1'), { kind: 'row-changed', seq: unsealed }]);
  });

  it('with a number written otherwise are found', async () => {
    await world.tamper(
      `UPDATE core.audit_event SET facts = '{"from": "booked", "minutes": 50.0, "late": false, "by": null}' WHERE seq = ${seqs[1]}`,
    );
    expect(await found()).toEqual([of('row-changed', seqs[1], '1')]);
  });

  it('deleted are named, sealed or waiting', async () => {
    const [unsealed, kept] = await world.write(2);
    await world.tamper(`DELETE FROM core.audit_event WHERE seq IN (${seqs[0]}, ${seqs[23]}, ${unsealed})`);
    const expected = [of('row-deleted', seqs[0], '1'), of('row-deleted', seqs[23], '2')];
    expect(await found()).toEqual([...expected, { kind: 'row-deleted', seq: unsealed }]);
    await world.seal();
    expect(await found()).toEqual([...expected, of('row-deleted', unsealed, '3')]);
    expect(Number(kept)).toBeGreaterThan(0);
  });

  const copy = `INSERT INTO core.audit_event (id, at, actor_kind, actor_id, action, outcome, leaf)
    SELECT gen_random_uuid(), now(), 'user', 'x', 'chart.read', 'ok', leaf FROM core.audit_event LIMIT 1`;
  it('inserted by others are named, hidden from the list or put on it', async () => {
    await world.tamper(copy);
    const forged = String(Number(seqs[23]) + 1);
    expect(await found()).toEqual([{ kind: 'row-inserted', seq: forged }]);
    await world.tamper(`INSERT INTO core.audit_pending VALUES (${forged})`);
    expect(await found()).toEqual([{ kind: 'row-changed', seq: forged }]);
    await world.seal();
    expect(await found()).toEqual([of('row-changed', forged, '3')]);
  });

  it('written a second time are named', async () => {
    await world.tamper(
      'ALTER TABLE core.audit_event DROP CONSTRAINT audit_event_id_key',
      `INSERT INTO core.audit_event (id, at, actor_kind, actor_id, role, session_ref, request_id, ip, action, object, client_id, outcome, reason, facts, leaf)
       SELECT id, at, actor_kind, actor_id, role, session_ref, request_id, ip, action, object, client_id, outcome, reason, facts, leaf
         FROM core.audit_event WHERE seq = ${seqs[3]}`,
      `INSERT INTO core.audit_pending SELECT max(seq) FROM core.audit_event`,
    );
    await world.seal();
    expect(await found()).toEqual([{ kind: 'row-duplicated', seq: String(Number(seqs[23]) + 1) }]);
  });

  it('that changed places are named, whole or by their leaf only', async () => {
    const swap = (columns: string) => `
      UPDATE core.audit_event a SET ${columns} FROM (SELECT * FROM core.audit_event) b
       WHERE (a.seq, b.seq) IN ((${seqs[2]}, ${seqs[6]}), (${seqs[6]}, ${seqs[2]}))`;
    await world.tamper(
      'ALTER TABLE core.audit_event DROP CONSTRAINT audit_event_id_key',
      swap(`id = b.id, at = b.at, action = b.action, object = b.object, client_id = b.client_id, outcome = b.outcome,
            reason = b.reason, facts = b.facts, leaf = b.leaf`),
    );
    expect(await found()).toEqual([of('row-moved', seqs[2], '1'), of('row-moved', seqs[6], '1')]);
    await world.tamper(swap('leaf = b.leaf'));
    expect((await found()).map(({ kind }) => kind)).toEqual(['row-changed', 'row-changed']);
  });

  it('renumbered are named where they were and where they went', async () => {
    await world.tamper(
      'ALTER TABLE core.audit_event ALTER seq SET GENERATED BY DEFAULT',
      `UPDATE core.audit_event SET seq = 9000000000000 WHERE seq = ${seqs[4]}`,
    );
    expect(await found()).toEqual([of('row-deleted', seqs[4], '1'), { kind: 'row-inserted', seq: '9000000000000' }]);
  });

  it('put back on the list to be sealed a second time are named', async () => {
    await world.tamper(`INSERT INTO core.audit_pending VALUES (${seqs[4]})`);
    expect(await found()).toEqual([{ kind: 'row-sealed-twice', seq: seqs[4] }]);
    await world.seal();
    expect(await found()).toEqual([of('row-sealed-twice', seqs[4], '3')]);
  });

  it('rewritten by somebody who has stolen the audit key are found once sealed, not before', async () => {
    const [unsealed] = await world.write(1);
    for (const seq of [seqs[0], unsealed]) {
      const [row] = await world.dataSource.transaction((manager) => rowsBySeq(manager, [seq]));
      const leaf = auditLeaf(world.keys.leaf, { ...row, action: 'nothing.happened' });
      await world.tamper(
        `UPDATE core.audit_event SET action = 'nothing.happened', leaf = '\\x${leaf.toString('hex')}' WHERE seq = ${seq}`,
      );
    }
    expect(await found()).toEqual([of('row-moved', seqs[0], '1')]);
  });

  it('taken off the list are named', async () => {
    const [unsealed] = await world.write(1);
    await world.tamper(`DELETE FROM core.audit_pending WHERE seq = ${unsealed}`);
    expect(await found()).toEqual([{ kind: 'row-inserted', seq: unsealed }]);
  });
});

describe('batches', () => {
  it.each([
    `members = set_byte(members, 10, get_byte(members, 10) # 1)`,
    `members = substring(members FROM 1 FOR length(members) - 3)`,
    `members = ''`,
    'row_count = 11',
    'total = total + 1',
    'from_seq = from_seq - 1',
    'to_seq = to_seq + 1',
    `rows_hash = sha256('x')`,
    `prev_hash = sha256('x')`,
    `hash = sha256('x')`,
    `sealed_at = sealed_at - interval '1 day'`,
  ])('changed by SET %s are named', async (change) => {
    await world.tamper(`UPDATE core.audit_batch SET ${change} WHERE no = 1`);
    expect(await found()).toContainEqual({ kind: 'batch-changed', batch: '1' });
  });

  it('signed by somebody else are named', async () => {
    await world.tamper(
      `UPDATE core.audit_batch SET signature = set_byte(signature, 0, get_byte(signature, 0) # 1) WHERE no = 2`,
    );
    expect(await found()).toEqual([{ kind: 'batch-forged', batch: '2' }]);
  });

  it('deleted from the middle are named', async () => {
    await world.write(1);
    await world.seal();
    await world.tamper('DELETE FROM core.audit_batch WHERE no = 2');
    const problems = await found();
    expect(problems).toContainEqual({ kind: 'batch-missing', batch: '2' });
    expect(problems).toContainEqual({ kind: 'rolled-back', batch: '2', line: 2 });
    expect(problems.filter(({ kind }) => kind === 'row-inserted')).toHaveLength(12);
  });

  it('cut off with all their rows are betrayed by the anchor', async () => {
    await world.tamper(
      'DELETE FROM core.audit_batch WHERE no = 2',
      `DELETE FROM core.audit_event WHERE seq > ${seqs[11]}`,
    );
    expect(await found()).toEqual([{ kind: 'rolled-back', batch: '2', line: 2 }]);
  });

  it('replaced by newly sealed ones after a roll-back are betrayed by the anchor', async () => {
    await world.tamper(
      'DELETE FROM core.audit_batch WHERE no = 2',
      `DELETE FROM core.audit_event WHERE seq >= ${seqs[12]} AND seq < ${seqs[20]}`,
      `INSERT INTO core.audit_pending SELECT seq FROM core.audit_event WHERE seq >= ${seqs[20]}`,
    );
    await world.seal();
    expect(await found()).toEqual([{ kind: 'rolled-back', batch: '2', line: 2 }]);
  });
});

describe('an older copy of the database', () => {
  it('is told from the real one by the anchor', async () => {
    const older = await auditWorld(world.keys);
    // The copy: same rows and batch as the first day, without the second.
    for (const table of ['audit_event', 'audit_batch']) {
      const rows = await world.dataSource.query<{ row: unknown }[]>(
        `SELECT to_jsonb(t) AS row FROM core.${table} t WHERE ${table === 'audit_event' ? `seq <= ${seqs[11]}` : 'no = 1'}`,
      );
      await older.dataSource.query(
        `INSERT INTO core.${table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::core.${table}, $1::jsonb)`,
        [JSON.stringify(rows.map(({ row }) => row))],
      );
    }
    await copyFile(world.anchorFile, older.anchorFile);
    expect((await older.verify()).problems).toEqual([{ kind: 'rolled-back', batch: '2', line: 2 }]);
    const [first] = (await readFile(older.anchorFile, 'utf8')).split('\n');
    await writeFile(older.anchorFile, `${first}\n`);
    expect((await older.verify()).problems).toEqual([]);
    await older.close();
  });
});

describe('the anchor file', () => {
  it('is missed when it is gone or empty', async () => {
    await rm(world.anchorFile);
    expect(await found()).toEqual([{ kind: 'anchor-missing' }]);
    await writeFile(world.anchorFile, '');
    expect(await found()).toEqual([{ kind: 'anchor-missing' }]);
  });

  it('is checked line by line', async () => {
    const [first, second] = (await readFile(world.anchorFile, 'utf8')).split('\n');
    await writeFile(
      world.anchorFile,
      `${first.replace('"batch":"1"', '"batch":"7"')}\n${second.replace(/[0-9a-f]{64}/, '0'.repeat(64))}\nnonsense\n`,
    );
    await appendFile(world.anchorFile, `${first}\n`);
    expect(await found()).toEqual([
      { kind: 'anchor-damaged', line: 2 },
      { kind: 'anchor-damaged', line: 3 },
      { kind: 'rolled-back', batch: '7', line: 1 },
    ]);
  });
});

it('names exactly the tampered rows among many, and keeps quiet about the others', async () => {
  const rows: string[] = [];
  for (let left = scale.tamperings * 2; left > 0; left -= 2_000)
    rows.push(...(await world.write(Math.min(left, 2_000))));
  await world.seal();
  const random = seededRandom(20_261_124);
  const tampered = rows.filter(() => random() < 0.5);
  const byChange = new Map<number, string[]>();
  for (const seq of tampered) {
    const at = Math.floor(random() * (COLUMN_CHANGES.length + 1));
    const some = byChange.get(at);
    if (some) some.push(seq);
    else byChange.set(at, [seq]);
  }
  await world.tamper(
    ...[...byChange].map(([at, some]) =>
      at < COLUMN_CHANGES.length
        ? `UPDATE core.audit_event SET ${COLUMN_CHANGES[at]} WHERE seq IN (${some.join()})`
        : `DELETE FROM core.audit_event WHERE seq IN (${some.join()})`,
    ),
  );
  const report = await world.verify(rows.length);
  expect(report.problems.map(({ seq }) => seq).sort()).toEqual([...tampered].sort());
  expect(tampered.length).toBeGreaterThan(scale.tamperings * 0.8);
}, 1_200_000);
