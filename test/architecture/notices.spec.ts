import { describe, expect, it } from '@jest/globals';
import { keysOf, readCatalogue } from '../../src/platform/i18n/catalogue.js';
import { ROOT, sourceFiles, type SourceFile } from './support/source-files.js';

const known = new Set(
  keysOf(readCatalogue(`${ROOT}/src`).en?.notices ?? {}).map((key) => key.replace(/_(one|other)$/, '')),
);
const sources = sourceFiles(['src', 'plugins'], ['.ts']).filter(
  ({ file, source }) =>
    !file.endsWith('.spec.ts') && !file.startsWith('src/features/notices/') && source.includes('ports/notices.js'),
);

/** What stands between the brackets of each `.tell(...)`. */
function calls(source: string): string[] {
  return [...source.matchAll(/\.tell\(/g)].map(({ index }) => {
    let depth = 0;
    let end = index + '.tell'.length;
    do {
      if (source[end] === '(') depth += 1;
      if (source[end] === ')') depth -= 1;
      end += 1;
    } while (depth > 0 && end < source.length);
    return source.slice(index, end);
  });
}

const NAME = "'([a-z][a-z0-9-]*(?:\\.[a-z][a-z0-9-]*)+)'";
const named = (text: string, pattern: string): string[] =>
  [...text.matchAll(new RegExp(pattern, 'g'))].map(([, kind]) => kind ?? '');

/** Kinds that files tell people, written out in the call or as the `kind` of a notice above it. */
const kindsIn = (files: readonly SourceFile[]): string[] => [
  ...new Set(
    files.flatMap(({ source }) => [
      ...calls(source).flatMap((call) => named(call, NAME)),
      ...named(source, `\\bkind: ${NAME}`),
    ]),
  ),
];

const silentIn = (files: readonly SourceFile[]): string[] =>
  kindsIn(files).filter((kind) => !known.has(`kind.${kind}`));

describe('notices', () => {
  it('have a sentence for every kind that the code tells', () => {
    expect(kindsIn(sources)).toContain('emergency.open');
    expect(silentIn(sources)).toEqual([]);
  });

  it('are told with a kind that is written out in the same file', () => {
    const vague = sources.filter((file) => calls(file.source).length > 0 && kindsIn([file]).length === 0);
    expect(vague.map(({ file }) => file)).toEqual([]);
  });

  it('have no sentence that nobody says', () => {
    const told = new Set(kindsIn(sources).map((kind) => `kind.${kind}`));
    expect([...known].filter((key) => key.startsWith('kind.') && !told.has(key))).toEqual([]);
  });

  it('notice a planted gap', () => {
    expect(silentIn([{ file: 'planted.ts', source: "notices.tell(tx, to(1), { kind: 'planted.gap' });" }])).toEqual([
      'planted.gap',
    ]);
  });
});
