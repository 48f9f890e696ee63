import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HttpException } from '@nestjs/common';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { errorCodes, errorDefinition } from '../../src/platform/errors/domain-error.js';
import { verdictOf } from '../../src/platform/http/error.filter.js';
import { ROOT, sourceFiles, type SourceFile } from './support/source-files.js';

const page = readFileSync(path.join(ROOT, 'docs/reference/errors.md'), 'utf8');
const [registryPart, webPart] = page.split('## From the web layer');
const sources = sourceFiles(['src', 'plugins'], ['.ts']).filter(({ file }) => !file.endsWith('.spec.ts'));

/** Cells of the table rows that begin with a code. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\| `.*$/gm)].map(([line]) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** Codes that code makes an error of. Where they are defined does not count. */
function codesThrown(files: readonly SourceFile[]): Set<string> {
  const codes = new Set<string>();
  for (const { source } of files) {
    const uses = source.replace(/defineErrors\(\{[\s\S]*?\n\}\)/g, '');
    for (const [, code] of uses.matchAll(/(?:new DomainError\(|keyRingError\(|_ERRORS\[)'([a-z.-]+)'/g))
      codes.add(code);
  }
  return codes;
}

describe('coded errors', () => {
  beforeAll(async () => {
    // Defining happens at import; every feature has its own file.
    const files = sources.filter(({ file }) => file.endsWith('.errors.ts'));
    expect(files.length).toBeGreaterThan(6);
    for (const { file } of files) await import(path.join(ROOT, file));
  });

  it('are on the page with status and sentence, each once, and no others', () => {
    const documented = rowsOf(registryPart).map(([code, status, sentence]) => `${code} ${status} ${sentence}`);
    const registered = errorCodes().map((code) => {
      const { status, message } = errorDefinition(code) ?? { status: 0, message: '' };
      return `\`${code}\` ${status} ${message}`;
    });
    expect(registered.length).toBeGreaterThan(40);
    expect(documented.sort()).toEqual(registered.sort());
  });

  it('are all thrown somewhere', () => {
    const thrown = codesThrown(sources);
    expect(errorCodes().filter((code) => !thrown.has(code))).toEqual([]);
  });

  it('are never thrown without being registered', () => {
    const known = new Set(errorCodes());
    expect([...codesThrown(sources)].filter((code) => !known.has(code))).toEqual([]);
  });

  it('of the web layer are on the page', () => {
    const codes = new Set([verdictOf(new Error('a mistake of ours')).code]);
    for (let status = 400; status < 500; status++) codes.add(verdictOf(new HttpException('', status)).code);
    codes.delete('not-found');
    expect(
      rowsOf(webPart)
        .map(([code]) => code)
        .sort(),
    ).toEqual([...codes].map((code) => `\`${code}\``).sort());
  });

  it('notice a planted fault', () => {
    const planted = {
      file: 'planted.ts',
      source:
        "const X_ERRORS = defineErrors({\n  'a.defined': { status: 409, message: 'x' },\n});\nthrow new DomainError('a.thrown');",
    };
    expect([...codesThrown([planted])]).toEqual(['a.thrown']);
    expect(rowsOf('| `a.b` | 409 | It says. | When. |\n| a | b |')).toEqual([['`a.b`', '409', 'It says.', 'When.']]);
  });
});
