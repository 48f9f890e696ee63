import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginDefinition } from '@alcove/sdk';
import Handlebars from 'handlebars';
import { readJson, type PluginFolder } from './plugin-folder.js';

type Words = { readonly [key: string]: string | Words };

/** What is wrong with the templates and words of a plugin, one line each. */
export function viewFaults({ root, manifest }: PluginFolder, definition: PluginDefinition): string[] {
  const words = wordKeys(path.join(root, 'locales', 'en.json'));
  const known = (key: string): boolean => words.has(key) || words.has(`${key}_other`);
  const labels = [
    ...Object.values(definition.panels ?? {}).map((panel) => panel.title),
    ...(definition.settings ?? []).flatMap(({ label, hint, options }) => [
      label,
      ...(hint ? [hint] : []),
      ...Object.values(options ?? {}),
    ]),
    ...(manifest.permissions ?? []).map((permission) => permission.label),
  ];
  return [
    ...labels.filter((key) => !known(key)).map((key) => `locales/en.json: "${key}" is missing`),
    ...templates(path.join(root, 'views')).flatMap((file) => templateFaults(file, root, manifest.id, known)),
  ];
}

function templateFaults(file: string, root: string, id: string, known: (key: string) => boolean): string[] {
  const source = readFileSync(file, 'utf8');
  const name = path.relative(root, file);
  let tree: hbs.AST.Program;
  try {
    tree = Handlebars.parse(source);
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error)}`];
  }
  const visitor = new Rules(id, known);
  visitor.accept(tree);
  const inline = /\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\ssrc=)/i.test(source.replaceAll(/\{\{[^}]*\}\}/g, ''));
  return [...visitor.faults, ...(inline ? ['has inline script or style, which the page does not allow'] : [])].map(
    (fault) => `${name}: ${fault}`,
  );
}

class Rules extends Handlebars.Visitor {
  readonly faults: string[] = [];

  constructor(
    private readonly id: string,
    private readonly known: (key: string) => boolean,
  ) {
    super();
  }

  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    if (!statement.escaped)
      this.faults.push(`line ${statement.loc.start.line}: triple braces put raw HTML into the page`);
    this.word(statement.path, statement.params);
    super.MustacheStatement(statement);
  }

  override SubExpression(expression: hbs.AST.SubExpression): void {
    this.word(expression.path, expression.params);
    super.SubExpression(expression);
  }

  /** `{{t "<id>:key"}}` with a fixed key of the plugin's own. */
  private word(helper: hbs.AST.Node, [key]: readonly hbs.AST.Expression[]): void {
    if ((helper as hbs.AST.PathExpression).original !== 't' || key?.type !== 'StringLiteral') return;
    const { value } = key as hbs.AST.StringLiteral;
    const [namespace, name] = value.split(':');
    if (namespace === this.id && !this.known(name))
      this.faults.push(`line ${key.loc.start.line}: there are no words for "${value}"`);
  }
}

const templates = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.hbs'))
        .map((file) => path.join(dir, file))
    : [];

function wordKeys(file: string): ReadonlySet<string> {
  if (!existsSync(file)) return new Set();
  const flat = (words: Words, prefix: string): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string' ? [prefix + key] : flat(value, `${prefix}${key}.`),
    );
  return new Set(flat(readJson<Words>(file), ''));
}
