import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createInstance } from 'i18next';
import { auditExitCode, auditReportLines, PROBLEM_KINDS, type AuditReport } from './audit-report.js';

const words = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../i18n/locales/en/audit-report.json'), 'utf8'),
) as {
  problem: Record<string, string>;
};
const i18n = createInstance();
await i18n.init({
  lng: 'en',
  resources: { en: { 'audit-report': words } },
  interpolation: { escapeValue: false },
  parseMissingKeyHandler: (key) => {
    throw new Error(`no text for ${key}`);
  },
});
const lines = (report: AuditReport) => auditReportLines(report, (key, values) => i18n.t(key, values));

const clean: AuditReport = {
  rows: 12,
  batches: 2,
  sealed: 10,
  unsealed: { count: 2, oldestSeconds: 1 },
  anchor: { heads: 1, lastBatch: '2', rows: '10' },
  problems: [],
  problemCount: 0,
  seconds: 0.3,
};

describe('the report in words', () => {
  it('ends with the verdict and states the tail', () => {
    expect(lines(clean)).toEqual([
      '12 rows, 10 of them sealed in 2 batches.',
      '2 rows wait to be sealed, the oldest for 1 seconds; until then they could be cut off unseen.',
      '1 head in the anchor, vouching for batch 2 and 10 rows.',
      'The audit is intact (checked in 0.3 s).',
    ]);
    expect(auditExitCode(clean)).toBe(0);
  });

  it('names every problem and counts those it does not list', () => {
    const problems = PROBLEM_KINDS.map((kind) => ({ kind, seq: '7', batch: '3', line: 9 }));
    const broken = { ...clean, problems, problemCount: problems.length + 5 };
    const said = lines(broken);
    expect(said[0]).toBe('Row 7: its content is not what the server wrote.');
    expect(said).toContain('and 5 more problems');
    expect(said.at(-1)).toBe(`The audit is not intact: ${problems.length + 5} problems.`);
    expect(said.join()).not.toMatch(/\{\{/);
    expect(auditExitCode(broken)).toBe(1);
  });

  it('has words for an empty audit', () => {
    const empty = {
      ...clean,
      unsealed: { count: 0, oldestSeconds: null },
      anchor: { heads: 0, lastBatch: null, rows: '0' },
    };
    expect(lines(empty)).toContain('Nothing waits to be sealed.');
    expect(lines(empty)).toContain('The anchor vouches for nothing yet.');
  });

  it('explains every kind of problem in the reference', () => {
    const reference = readFileSync(path.join(import.meta.dirname, '../../../docs/reference/audit.md'), 'utf8');
    expect(Object.keys(words.problem).sort()).toEqual([...PROBLEM_KINDS].sort());
    for (const kind of PROBLEM_KINDS) expect(reference).toContain(`| \`${kind}\` |`);
  });
});
