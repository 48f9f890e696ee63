import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { scale, seededRandom } from '../../../test/scale.js';
import type { Principal } from '../access/principal.js';
import { newId } from '../ids.js';
import { auditLeaf, auditRow, epochText, type AuditRow } from './audit-row.js';
import { canonicalJson } from './canonical-json.js';

const key = createSecretKey(randomBytes(32));
const who: Principal = {
  kind: 'user',
  id: newId(),
  role: 'owner',
  permissions: new Set(),
  sessionId: 's',
  requestId: 'r',
  ip: '192.0.2.7',
};
const row = auditRow(
  who,
  { action: 'chart.read', object: 'client:1', clientId: newId(), reason: 'why', facts: { b: 2, a: 'one', c: null } },
  new Date(),
);
const leaf = auditLeaf(key, row);

describe('a leaf', () => {
  it('is the same for the same row, however its facts are spaced, ordered or its IPv6 address is spelled', () => {
    expect(auditLeaf(key, { ...row, facts: '{"a": "one", "c": null, "b": 2}' })).toEqual(leaf);
    const six = { ...row, ip: '2001:db8::1' };
    expect(auditLeaf(key, { ...six, ip: '2001:0DB8:0::1' })).toEqual(auditLeaf(key, six));
  });

  it('needs the key', () => {
    expect(auditLeaf(createSecretKey(randomBytes(32)), row)).not.toEqual(leaf);
  });

  it('differs for every other spelling of a number', () => {
    for (const number of ['2.0', '2e0', '20e-1', '9007199254740993', '3']) {
      expect(auditLeaf(key, { ...row, facts: `{"a":"one","b":${number},"c":null}` })).not.toEqual(leaf);
    }
  });

  it('keeps neighbouring columns apart', () => {
    expect(auditLeaf(key, { ...row, action: 'ab', object: 'c' })).not.toEqual(
      auditLeaf(key, { ...row, action: 'a', object: 'bc' }),
    );
    expect(auditLeaf(key, { ...row, reason: null })).not.toEqual(auditLeaf(key, { ...row, reason: '' }));
  });

  it('differs for every change of one character in any column', () => {
    const random = seededRandom(3);
    const columns = Object.keys(row) as (keyof AuditRow)[];
    let unnoticed = 0;
    for (let trial = 0; trial < scale.rowTamperings; trial++) {
      const column = columns[Math.floor(random() * columns.length)];
      const value = row[column] ?? '';
      const at = Math.floor(random() * value.length);
      const letter = String.fromCharCode(48 + ((value.charCodeAt(at) + 1 + Math.floor(random() * 9)) % 10));
      const other = value.slice(0, at) + letter + value.slice(at + 1);
      if (other === value) continue;
      // Facts that are no JSON any more cannot be in a jsonb column.
      if (column === 'facts' && !isJson(other)) continue;
      if (auditLeaf(key, { ...row, [column]: other }).equals(leaf)) unnoticed++;
    }
    expect(unnoticed).toBe(0);
  }, 600_000);
});

describe('what is stored', () => {
  it('has a moment in microseconds', () => {
    expect(epochText(new Date('2026-11-24T00:00:00.007Z'))).toBe('1795478400.007000');
    expect(epochText(new Date(-1))).toBe('-1.999000');
  });

  it('has canonical JSON', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'ü' }], a: true })).toBe('{"a":true,"b":[1,{"c":"ü","d":null}]}');
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
