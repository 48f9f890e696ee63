import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from '@jest/globals';
import { addAccountsCommand } from '../../src/cli/commands/accounts.command.js';
import { addAuditCommand } from '../../src/cli/commands/audit.command.js';
import { addDbCommand } from '../../src/cli/commands/db.command.js';
import { addDoctorCommand } from '../../src/cli/commands/doctor.command.js';
import { addKeysCommand } from '../../src/cli/commands/keys.command.js';
import { addMigrateCommand } from '../../src/cli/commands/migrate.command.js';
import { addServerCommands } from '../../src/cli/commands/server.command.js';
import { HELPERS } from '../../src/platform/views/helpers/index.js';
import { anchorsOf, commandsNamed, linksOf, scriptsNamed, walk, type CommandTree } from './support/markdown.js';
import { ROOT, sourceFiles, type SourceFile } from './support/source-files.js';

const top = readdirSync(ROOT)
  .filter((name) => name.endsWith('.md'))
  .map((file) => ({ file, source: readFileSync(path.join(ROOT, file), 'utf8') }));
const pages = [...top, ...sourceFiles(['docs', 'plugins'], ['.md'])];
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Broken links of a page as `page -> target`. */
function brokenLinks({ file, source }: SourceFile): string[] {
  return linksOf(source)
    .filter((link) => !/^(https?|mailto):/.test(link))
    .filter((link) => {
      const [local = '', anchor] = link.split('#');
      if (local === '') return !anchorsOf(source).has(anchor ?? '');
      const target = path.posix.join(path.posix.dirname(file), local);
      if (!existsSync(path.join(ROOT, target))) return true;
      if (anchor === undefined) return false;
      return !anchorsOf(readFileSync(path.join(ROOT, target), 'utf8')).has(anchor);
    })
    .map((link) => `${file} -> ${link}`);
}

function commandTree(): CommandTree {
  const program = new Command('alcove');
  for (const add of [
    addServerCommands,
    addMigrateCommand,
    addDoctorCommand,
    addDbCommand,
    addAccountsCommand,
    addAuditCommand,
    addKeysCommand,
  ])
    add(program);
  const treeOf = (command: Command): CommandTree =>
    Object.fromEntries(command.commands.map((child) => [child.name(), treeOf(child)]));
  return treeOf(program);
}

describe('documentation', () => {
  it('has no broken links, pictures of the README included', () => {
    expect(pages.length).toBeGreaterThan(30);
    expect(pages.flatMap(brokenLinks)).toEqual([]);
  });

  it('opens with pictures', () => {
    const readme = top.find(({ file }) => file === 'README.md')?.source ?? '';
    expect(readme.split('\n## ')[0].match(/!\[[^\]]+\]\(docs\/screenshots\//g)?.length).toBeGreaterThanOrEqual(4);
  });

  it('can be reached from its map', () => {
    const reached = walk('README.md', (file) =>
      existsSync(path.join(ROOT, file)) && file.endsWith('.md') ? readFileSync(path.join(ROOT, file), 'utf8') : '',
    );
    expect(pages.map(({ file }) => file).filter((file) => !reached.has(file))).toEqual([]);

    const map = linksOf(readFileSync(path.join(ROOT, 'docs/README.md'), 'utf8')).map((link) =>
      path.posix.join('docs', link),
    );
    const decisions = linksOf(readFileSync(path.join(ROOT, 'docs/adr/README.md'), 'utf8')).map((link) =>
      path.posix.join('docs/adr', link),
    );
    const unlisted = sourceFiles(['docs'], ['.md'])
      .map(({ file }) => file)
      .filter((file) => file !== 'docs/README.md' && ![...map, ...decisions].includes(file));
    expect(unlisted).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const unknown = pages.flatMap(({ file, source }) =>
      scriptsNamed(source)
        .filter((script) => !(script in scripts))
        .map((script) => `${file}: npm run ${script}`),
    );
    expect(unknown).toEqual([]);
  });

  it('names only commands of alcove that exist', () => {
    const tree = commandTree();
    const named = pages.map(({ file, source }) => ({ file, ...commandsNamed(source, tree) }));
    expect(named.flatMap(({ known }) => known).length).toBeGreaterThan(10);
    expect(named.flatMap(({ file, unknown }) => unknown.map((command) => `${file}: ${command}`))).toEqual([]);
  });

  it('names only files of ours that exist', () => {
    const folders = /^(src|test|docs|scripts|plugins)\/[\w./-]+\.(ts|mjs|js|md|json|hbs)$/;
    // What a reader makes in the course of a lesson.
    const madeByReader = /^plugins\/hello-there\//;
    const missing = pages.flatMap(({ file, source }) =>
      [...source.matchAll(/`([^`\s]+)`/g)]
        .map(([, name]) => name)
        .filter((name) => folders.test(name) && !madeByReader.test(name) && !inFolderOf(file, name))
        .map((name) => `${file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('lists exactly the helpers of templates', () => {
    const page = readFileSync(path.join(ROOT, 'docs/reference/templates.md'), 'utf8');
    const section = page.split('## Helpers')[1].split('## Shared partials')[0];
    const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(documented).toEqual(Object.keys(HELPERS).sort());
  });

  it('lists exactly the shared partials with the parameters they declare', () => {
    const page = readFileSync(path.join(ROOT, 'docs/reference/templates.md'), 'utf8');
    const documented = [...page.split('## Shared partials')[1].matchAll(/^\| `([\w-]+)` \| `(.+)` \|$/gm)];
    const declared = sourceFiles(['src/platform/views/partials'], ['.hbs']).flatMap(({ file, source }) => {
      const parameters = /^\{\{!-- params: (.*?) --\}\}/.exec(source)?.[1];
      return parameters === undefined ? [] : [[path.basename(file, '.hbs'), parameters]];
    });
    expect(documented.map(([, name, parameters]) => [name, parameters])).toEqual(declared);
  });

  it('notices planted faults', () => {
    const planted = (source: string): SourceFile => ({ file: 'docs/planted.md', source });
    expect(
      brokenLinks(
        planted('[a](nowhere.md) [b](README.md) [c](README.md#no-such-part) [d](#here) [e](#gone)\n\n## Here'),
      ),
    ).toEqual([
      'docs/planted.md -> nowhere.md',
      'docs/planted.md -> README.md#no-such-part',
      'docs/planted.md -> #gone',
    ]);
    expect(scriptsNamed('`npm run nothing` and `npm test`')).toEqual(['nothing', 'test']);
    const { unknown } = commandsNamed('Run `alcove audit erase`, `alcove audit`.\n\n    alcove backup', commandTree());
    expect(unknown).toEqual(['alcove audit erase', 'alcove backup']);
  });
});

/** Pages of a plugin, and the lesson whose result is the example, may name files by their place in the plugin. */
const inFolderOf = (page: string, name: string): boolean =>
  ['', path.dirname(page), 'plugins/example-hello'].some((folder) => existsSync(path.join(ROOT, folder, name)));
