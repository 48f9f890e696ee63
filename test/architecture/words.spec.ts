import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { keysOf, readCatalogue, readPluginWords, type Words } from '../../src/platform/i18n/catalogue.js';
import { ROOT, sourceFiles, type SourceFile } from './support/source-files.js';
import { spoken, wordsUsed } from './support/words-lint.js';

/**
 * Starts of keys that code completes at run time, each with the values it knows. Only what cannot be written out belongs here; every key
 * below such a start counts as used.
 */
const COMPLETED_IN_CODE = [
  'access:account-state.',
  'access:account.done.',
  'access:factor.',
  'access:link.how.',
  'access:link.ready.',
  'access:link.title.',
  'access:lost-step.how.',
  'access:own-email.done.',
  'access:portal.done.',
  'access:portal.kind.',
  'access:role.',
  'access:sessions.by.',
  'admin:overview.',
  'admin:people.done.',
  'admin:people.reaches.',
  'admin:people.refusal.',
  'admin:practice.done.',
  'admin:programs.done.',
  'admin:programs.life.',
  'admin:programs.scope.',
  'admin:programs.state.',
  'admin:roles.done.',
  'admin:roles.group.',
  'admin:roles.may.',
  'admin:tab.',
  'audit:did.',
  'audit:done.',
  'audit:finding.',
  'audit:what.',
  'audit:when.',
  'audit:who.',
  'audit:yours.',
  'audit-report:problem.',
  'emergency:why.',
  'errors:code.',
  'errors:page.',
  'notices:kind.',
  'people:emergency.minutes.',
  'people:emergency.why.',
  'people:emergency.why-hint.',
  'people:filter.',
  'people:status.',
  'plugins:fault.',
  'plugins:grant.',
  'plugins:need.',
  'plugins:place.',
  'plugins:reason.',
  'plugins:slot.',
  'plugins:state.',
  'plugins:storage.',
  'scheduling:place.',
  'scheduling:reason.',
  'scheduling:rule.',
  'scheduling:service.',
  'scheduling:what.',
  // Handed to the page as one group.
  'video-direct:room.',
];

/** Permissions are written like keys. These verbs are theirs and never the name of a text at the top of a namespace. */
const PERMISSION = /^[a-z-]+:(read|write|manage|self|host|use|open|review)$/;

/** Names that look like keys and are something else. */
const NOT_WORDS = new Set(['encounters:presence']);

const words: Record<string, Words> = { ...readCatalogue(`${ROOT}/src`).en };
for (const plugin of readdirSync(`${ROOT}/plugins`)) {
  const english = readPluginWords(`${ROOT}/plugins/${plugin}/locales`).en;
  if (english) words[plugin] = english;
}
const existing = new Set(
  Object.entries(words).flatMap(([name, group]) => keysOf(group).map((key) => `${name}:${key}`)),
);
const files = sourceFiles(['src', 'plugins'], ['.hbs', '.ts', 'package.json']).filter(
  ({ file }) => !file.endsWith('.spec.ts'),
);

const missingIn = (sources: readonly SourceFile[], known: ReadonlySet<string>): string[] => {
  const { literal } = wordsUsed(sources, new Set(Object.keys(words)));
  return [...literal]
    .filter(([key]) => !spoken(known).has(key) && !known.has(key) && !PERMISSION.test(key) && !NOT_WORDS.has(key))
    .map(([key, file]) => `${key} in ${file}`);
};

const unusedIn = (sources: readonly SourceFile[], known: ReadonlySet<string>): string[] => {
  const { literal, own } = wordsUsed(sources, new Set(Object.keys(words)));
  return [...spoken(known)].filter(
    (key) => !literal.has(key) && !own.has(key) && !COMPLETED_IN_CODE.some((prefix) => key.startsWith(prefix)),
  );
};

describe('words', () => {
  it('exist for every key that templates and code name', () => {
    expect(existing.size).toBeGreaterThan(30);
    expect(missingIn(files, existing)).toEqual([]);
  });

  it('are all used', () => {
    expect(unusedIn(files, existing)).toEqual([]);
  });

  it('are completed in code only from declared starts', () => {
    const { prefixes } = wordsUsed(files, new Set(Object.keys(words)));
    const undeclared = [...prefixes].filter(([prefix]) => !COMPLETED_IN_CODE.includes(prefix));
    expect(undeclared.map(([prefix, file]) => `${prefix} in ${file}`)).toEqual([]);
  });

  it('keep the tone: no exclamation marks, nothing done "successfully", no markup', () => {
    const texts = Object.entries(words).flatMap(([name, group]) =>
      keysOf(group).map((key) => [`${name}:${key}`, textOf(group, key)]),
    );
    const odd = texts.filter(([, text = '']) => /!|successful|<[a-z/]|\boops\b|\binvalid\b/i.test(text));
    expect(odd).toEqual([]);
  });

  it('notice a planted gap', () => {
    const planted = { file: 'planted.hbs', source: '{{t "common:frame.nowhere"}}' };
    expect(missingIn([planted], existing)).toEqual(['common:frame.nowhere in planted.hbs']);
    expect(unusedIn([planted], new Set(['common:frame.skip']))).toEqual(['common:frame.skip']);
    expect(
      unusedIn([{ file: 'a.ts', source: "t('common:form.faults')" }], new Set(['common:form.faults_one'])),
    ).toEqual([]);
  });
});

/** Text at a dotted key; parts of a key may hold no dots themselves. */
function textOf(group: Words, key: string): string {
  const [first = '', ...rest] = key.split('.');
  const value = group[first];
  return typeof value === 'object' ? textOf(value, rest.join('.')) : (value ?? '');
}
