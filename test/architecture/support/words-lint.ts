import Handlebars from 'handlebars';
import type { SourceFile } from './source-files.js';

/** A literal that may be a key: `namespace:path.to.text`. */
const KEY = /^([a-z][a-z0-9-]*):([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)$/;
const PLURAL = /_(zero|one|two|few|many|other)$/;

export interface WordsUse {
  /** Key to the first file that names it. */
  readonly literal: ReadonlyMap<string, string>;
  /** Start of a key that code completes (`errors:page.` of `` `errors:page.${status}` ``) to its file. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** What may be a plugin's own key, written without its namespace. */
  readonly own: ReadonlySet<string>;
}

/** Collects the keys that templates and code name, for the namespaces given. */
export function wordsUsed(files: readonly SourceFile[], namespaces: ReadonlySet<string>): WordsUse {
  const literal = new Map<string, string>();
  const prefixes = new Map<string, string>();
  const own = new Set<string>();
  for (const { file, source } of files) {
    const texts = file.endsWith('.hbs') ? templateLiterals(source) : codeLiterals(source);
    // A plugin's code names its own words without the namespace: the kernel adds it.
    const plugin = /^plugins\/([^/]+)\//.exec(file)?.[1];
    for (const text of texts) {
      if (plugin && /^[a-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+$/.test(text)) own.add(`${plugin}:${text}`);
      const namespace = KEY.exec(text)?.[1];
      if (namespace && namespaces.has(namespace) && !literal.has(text)) literal.set(text, file);
    }
    if (!file.endsWith('.ts')) continue;
    for (const [, prefix = ''] of source.matchAll(/`([a-z][a-z0-9-]*:[A-Za-z0-9_.-]*)\$\{/g))
      if (namespaces.has(prefix.split(':')[0] ?? '') && !prefixes.has(prefix)) prefixes.set(prefix, file);
  }
  return { literal, prefixes, own };
}

/** Existing keys as code names them: plural forms under their one name. */
export const spoken = (keys: Iterable<string>): Set<string> => new Set([...keys].map((key) => key.replace(PLURAL, '')));

function templateLiterals(source: string): string[] {
  const found: string[] = [];
  class Visitor extends Handlebars.Visitor {
    override StringLiteral(node: hbs.AST.StringLiteral): void {
      found.push(node.value);
    }
  }
  new Visitor().accept(Handlebars.parse(source));
  // Defaults of parameters stand in the comment that declares them.
  const declaration = /^\{\{!--\s*params:([^]*?)--\}\}/.exec(source)?.[1] ?? '';
  return [...found, ...codeLiterals(declaration)];
}

/** Texts in quotes, the empty ones too, so that their quotes do not open the next text; comments may hold an apostrophe. */
const codeLiterals = (source: string): string[] =>
  [
    ...source.replaceAll(/\/\*[^]*?\*\/|(^|\s)\/\/.*$/gm, ' ').matchAll(/'([^'\n\\]*)'|"([^"\n\\]*)"|`([^`$\n\\]*)`/g),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
