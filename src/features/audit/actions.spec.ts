import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sourceFiles, type SourceFile } from '../../../test/architecture/support/source-files.js';
import { keysOf, type Words } from '../../platform/i18n/catalogue.js';
import { ACTIONS, groupOf, SEEN_BY_OTHERS } from './actions.js';

const words = JSON.parse(readFileSync(path.join(import.meta.dirname, 'locales/en.json'), 'utf8')) as {
  did: Words;
  yours: Words;
};
const doc = readFileSync(path.join(import.meta.dirname, '../../../docs/reference/audit.md'), 'utf8');
const documented = [...doc.matchAll(/^\| `([a-z-]+\.[a-z-]+)` \| ([a-z]+) \|/gm)].map(([, action, group]) => [
  action,
  group,
]);

/** Actions that code puts together: the start it writes, and the ends it knows. */
const COMPLETED: Readonly<Record<string, readonly string[]>> = {
  'appointment.': ['booked', 'moved', 'cancelled'],
};

/** Every action that code of the core writes, by file. Plugins' own are named after the plugin. */
function recorded(files: readonly SourceFile[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const { file, source } of files) {
    for (const [, line] of source.matchAll(/\baction\s*[:=]([^\n]*)/g))
      for (const [, action] of line.matchAll(/'([a-z][a-z-]*\.[a-z][a-z-]*)'/g)) found.set(action, file);
    for (const [, start] of source.matchAll(/\baction: `([a-z-]+\.)\$\{/g))
      for (const end of COMPLETED[start] ?? ['(say in COMPLETED how it ends)']) found.set(`${start}${end}`, file);
  }
  return found;
}

const missing = (files: readonly SourceFile[]): string[] =>
  [...recorded(files)].filter(([action]) => !Object.hasOwn(ACTIONS, action)).map(([a, file]) => `${a} in ${file}`);

const sources = sourceFiles(['src'], ['.ts']).filter(
  ({ file }) =>
    !file.endsWith('.spec.ts') && !file.startsWith('src/testkit/') && !file.startsWith('src/features/audit/actions'),
);

describe('the actions of the audit', () => {
  it('are all known, whichever feature records them', () => {
    expect(recorded(sources).size).toBeGreaterThan(40);
    expect(missing(sources)).toEqual([]);
  });

  it('have a sentence each', () => {
    expect(keysOf(words.did).sort()).toEqual(Object.keys(ACTIONS).sort());
  });

  it('have a row each in docs/reference/audit.md', () => {
    expect(documented.sort()).toEqual(Object.entries(ACTIONS).sort());
  });

  it('that show one client to somebody are told to the client in words of their own', () => {
    expect(keysOf(words.yours).sort()).toEqual([...SEEN_BY_OTHERS].sort());
  });

  it('of plugins have no group, unless they say that they export', () => {
    expect([groupOf('video-direct.admit'), groupOf('ledger.export'), groupOf('ledger.export-all')]).toEqual([
      undefined,
      'left',
      'left',
    ]);
  });

  it('would be noticed when a new one has no words', () => {
    expect(missing([{ file: 'planted.ts', source: "tx.audit({ action: 'chart.burn', object })" }])).toEqual([
      'chart.burn in planted.ts',
    ]);
    expect(missing([{ file: 'planted.ts', source: 'tx.audit({ action: `planted.${verb}` })' }])).toHaveLength(1);
  });
});
