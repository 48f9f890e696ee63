import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT, sourceFiles, type SourceFile } from './support/source-files.js';

interface Manifest {
  readonly license: string;
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** This file names what must not be there. */
const SELF = 'test/architecture/repository.spec.ts';
/** Builds, packages of others and data; everything else is part of the repository, or about to be. */
const NOT_OURS = /(^|\/)(node_modules|dist|\.git|coverage|test-results|\.run-[^/]*)\/|^data\/|(^|\/)\.env$/;
const PICTURES = /\.(png|jpg|ico|woff2)$/;

const RULES: readonly { readonly why: string; readonly pattern: RegExp }[] = [
  {
    why: 'path of a machine',
    pattern: /\/(home|Users)\/[a-z][\w.-]*\/|\/root\/|\/work\/(main|shared)\b|[A-Z]:\\\\?Users/,
  },
  {
    why: 'host of a registry',
    pattern: /\/\/([\w.-]*\.)?(registry|artifactory|nexus|verdaccio|npmmirror)\.[a-z0-9.-]+/,
  },
  {
    why: 'claim we do not make',
    pattern: /hipaa[\s-]*(compliant|compliance|certified|certification|approved)|certified (by|for) hipaa/i,
  },
  { why: 'code of a protected code set', pattern: /\b(9079[12]|908(3\d|4[0-9]|53)|9921[1-5]|9944[1-3]|9616[0-1])\b/ },
  {
    why: 'text of a protected code set',
    pattern:
      /psychotherapy, ?\d+ min|psychiatric diagnostic evaluation|psychotherapy for crisis|psychotherapy \(conjoint/i,
  },
];

const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;

function filesOf(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (NOT_OURS.test(entry.isDirectory() ? `${file}/` : file)) return [];
    if (entry.isDirectory()) return filesOf(file);
    return entry.isFile() ? [file] : [];
  });
}

const ours: SourceFile[] = filesOf('')
  .filter((file) => !PICTURES.test(file) && file !== SELF)
  .map((file) => ({ file, source: readFileSync(path.join(ROOT, file), 'utf8') }));

/** `file: why (what)` for every line that must not be there. */
const faultsIn = (files: readonly SourceFile[]): string[] =>
  files.flatMap(({ file, source }) =>
    RULES.flatMap(({ why, pattern }) => {
      const found = pattern.exec(source)?.[0];
      return found === undefined ? [] : [`${file}: ${why} (${found})`];
    }),
  );

/** Packages that `source` imports, static, dynamic, for its effect, or as a type. */
function packagesImported(source: string): string[] {
  const specifiers = source.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*['"]([^'"./][^'"]*)['"]/g);
  return [...specifiers].map(([, name]) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );
}

describe('the repository', () => {
  it('holds no machine paths, registry hosts, claims we do not make, or protected codes', () => {
    expect(ours.length).toBeGreaterThan(400);
    expect(faultsIn(ours.filter(({ file }) => file !== 'package-lock.json'))).toEqual([]);
  });

  it('does not name the registry of the machine it is on', () => {
    const configured = execFileSync('npm', ['config', 'get', 'registry'], { cwd: ROOT, encoding: 'utf8' }).trim();
    expect(URL.canParse(configured)).toBe(true);
    const { host } = new URL(configured);
    expect(ours.filter(({ source }) => source.includes(host)).map(({ file }) => file)).toEqual([]);
  });

  it('is under the licence it names', () => {
    const licence = readFileSync(path.join(ROOT, 'LICENSE'), 'utf8');
    expect(manifest.license).toBe('Apache-2.0');
    expect(licence).toMatch(/^\s*Apache License\s+Version 2\.0, January 2004/);
    expect(licence).toContain('END OF TERMS AND CONDITIONS');
  });

  it('locks packages by digest and names no host they came from', () => {
    const { packages } = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string; link?: boolean; integrity?: string }>;
    };
    const entries = Object.entries(packages);
    expect(entries.length).toBeGreaterThan(300);
    expect(entries.filter(([, { resolved, link }]) => resolved !== undefined && !link)).toEqual([]);
    const theirs = entries.filter(([name, { link }]) => name.includes('node_modules/') && !link);
    expect(theirs.filter(([, { integrity }]) => !integrity).map(([name]) => name)).toEqual([]);
  });
});

describe('dependencies', () => {
  const declared = [manifest.dependencies, manifest.optionalDependencies, manifest.devDependencies];

  it('have exact versions', () => {
    const loose = declared
      .flatMap((group) => Object.entries(group))
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });

  it('of the server are all imported by it', () => {
    const code = sourceFiles(['src', 'plugins'], ['.ts', '.mjs']).filter(({ file }) => !file.endsWith('.spec.ts'));
    const used = new Set(code.flatMap(({ source }) => packagesImported(source)));
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([]);
  });

  it('for building and testing are all named somewhere', () => {
    const tools = ours.filter(({ file }) => /^(scripts|test|src|plugins)\/|^[^/]+\.(mjs|cjs|json)$/.test(file));
    const texts = tools.filter(({ file }) => !/^package(-lock)?\.json$/.test(file)).map(({ source }) => source);
    texts.push(Object.values(manifest.scripts).join('\n'));
    const unused = Object.keys(manifest.devDependencies).filter((name) => {
      if (name === '@types/node') return false;
      const subject = name.startsWith('@types/') ? name.slice('@types/'.length) : name;
      if (name !== subject) return !declared.some((group) => subject in group);
      return !texts.some((text) => text.includes(name));
    });
    // oxlint looks for this one by itself when it lints with types.
    expect(unused.filter((name) => name !== 'oxlint-tsgolint')).toEqual([]);
  });

  it('are the ones of docs/adr/0014-dependencies.md, with their versions', () => {
    const page = readFileSync(path.join(ROOT, 'docs/adr/0014-dependencies.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([^`]+)` \| ([^ ]+) \|/gm)].map(([, name, version]) => `${name} ${version}`);
    const wanted = declared
      .flatMap((group) => Object.entries(group))
      .filter(([name]) => !name.startsWith('@types/'))
      .map(([name, version]) => `${name} ${version}`);
    expect(listed.sort()).toEqual(wanted.sort());
    const types = Object.keys(manifest.devDependencies).filter((name) => name.startsWith('@types/'));
    expect(types.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('these rules', () => {
  it.each([
    ['see /home/somebody/alcove/x.ts', 'path of a machine'],
    ['npm config set registry https://registry.example.org/', 'host of a registry'],
    ['Alcove is HIPAA compliant.', 'claim we do not make'],
    ["service: '90837'", 'code of a protected code set'],
    ['Psychotherapy, 45 minutes', 'text of a protected code set'],
  ])('notice a planted fault: %s', (source, why) => {
    expect(faultsIn([{ file: 'planted.md', source }]).join()).toContain(why);
  });

  it('tell imports from other text', () => {
    const source =
      "import 'a';\nimport type { B } from '@b/c/d.js';\nconst e = await import('e/f');\nimport { g } from './g.js';";
    expect(packagesImported(source)).toEqual(['a', '@b/c', 'e']);
  });
});
