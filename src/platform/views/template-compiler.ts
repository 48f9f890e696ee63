import Handlebars from 'handlebars';
import { HELPERS } from './helpers/index.js';
import type { TemplateFile } from './template-files.js';

/** Same for the build, for sources and for plugins: strict lookups, a closed vocabulary, no raw output, no indentation of partials. */
export const COMPILE_OPTIONS = {
  strict: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(Object.keys(HELPERS).map((name) => [name, true])),
  noEscape: false,
  preventIndent: true,
  data: true,
} as const;

/** Parameters that a partial declares in its first comment, `{{!-- params: name label type="text" hint? --}}`. */
interface Parameters {
  readonly required: readonly string[];
  /** Name to default; null where the declaration ends in `?`. */
  readonly optional: ReadonlyMap<string, string | null>;
}

/**
 * Parses templates and checks what the grammar cannot: no raw output, no block partials, no decorators, and calls of partials that
 * declare parameters name exactly those. Such a partial sees its parameters only, never the page around it.
 * Returns the syntax tree of each file, ready for Handlebars.
 *
 * @param known files whose partials may be called too
 */
export function parseTemplates(
  files: readonly TemplateFile[],
  known: readonly TemplateFile[] = [],
): Map<TemplateFile, hbs.AST.Program> {
  const partials = new Map(
    [...known, ...files].filter(({ kind }) => kind === 'partial').map((file) => [file.id, file]),
  );
  const parameters = new Map([...partials].map(([id, file]) => [id, parametersOf(file)] as const));
  return new Map(
    files.map((file) => {
      // Handlebars also takes objects as syntax trees; only text from a template file may become code.
      if (typeof file.source !== 'string') throw new TypeError(`template ${file.id} is not a text`);
      return [file, checked(file, parameters)];
    }),
  );
}

/** JavaScript source of an object literal that the runtime's `template()` takes. */
export const precompile = (tree: hbs.AST.Program): string =>
  String(Handlebars.precompile(tree, { ...COMPILE_OPTIONS }));

function checked(file: TemplateFile, partials: ReadonlyMap<string, Parameters | undefined>): hbs.AST.Program {
  const fail = (node: hbs.AST.Node, why: string): never => {
    throw new Error(`${file.file}:${node.loc.start.line}: ${why}`);
  };
  const tree = parse(file);
  class Rules extends Handlebars.Visitor {
    override MustacheStatement(node: hbs.AST.MustacheStatement): void {
      // The parser says `escaped: false` for both {{{x}}} and {{&x}}.
      if (!node.escaped) fail(node, 'raw output is not allowed');
      const name = String((node.path as hbs.AST.PathExpression).original);
      if (Object.hasOwn(HELPERS, name) && node.params.length === 0 && !node.hash)
        fail(node, `${name} is a helper; write {{this.${name}}} for a variable of that name`);
      super.MustacheStatement(node);
    }
    override PathExpression(node: hbs.AST.PathExpression): void {
      if (node.original === 'log') fail(node, 'templates do not log');
    }
    override PartialBlockStatement(node: hbs.AST.PartialBlockStatement): void {
      fail(node, 'block partials are not used: their block would lose the page around it');
    }
    override DecoratorBlock(node: hbs.AST.DecoratorBlock): void {
      fail(node, 'inline partials are not used: make a file with a leading underscore');
    }
    override Decorator(node: hbs.AST.Decorator): void {
      fail(node, 'decorators are not used');
    }
    override PartialStatement(node: hbs.AST.PartialStatement): void {
      if (node.name.type !== 'PathExpression') return fail(node, 'a partial is called by its name');
      const name = String((node.name as hbs.AST.PathExpression).original);
      if (!partials.has(name)) fail(node, `there is no partial ${name}`);
      const declared = partials.get(name);
      if (declared) fillParameters(node, name, declared, fail);
      super.PartialStatement(node);
    }
  }
  new Rules().accept(tree);
  return tree;
}

function parse(file: TemplateFile): hbs.AST.Program {
  try {
    return Handlebars.parse(file.source, { srcName: file.id });
  } catch (error) {
    throw new Error(`${file.file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function fillParameters(
  node: hbs.AST.PartialStatement,
  name: string,
  declared: Parameters,
  fail: (node: hbs.AST.Node, why: string) => never,
): void {
  if (node.params.length > 0) fail(node, `${name} declares its parameters and takes no context`);
  const given = new Set((node.hash?.pairs ?? []).map((pair) => pair.key));
  for (const key of given)
    if (!declared.required.includes(key) && !declared.optional.has(key)) fail(node, `${name} has no parameter ${key}`);
  for (const key of declared.required) if (!given.has(key)) fail(node, `${name} needs the parameter ${key}`);
  const { loc } = node;
  const literal = (value: string | null): hbs.AST.Expression =>
    value === null
      ? ({ type: 'NullLiteral', loc } as hbs.AST.NullLiteral)
      : ({ type: 'StringLiteral', value, original: value, loc } as hbs.AST.StringLiteral);
  const missing = [...declared.optional].filter(([key]) => !given.has(key));
  const pairs = missing.map(
    ([key, value]) => ({ type: 'HashPair', key, value: literal(value), loc }) as hbs.AST.HashPair,
  );
  node.hash = { type: 'Hash', loc, pairs: [...(node.hash?.pairs ?? []), ...pairs] } as hbs.AST.Hash;
  // A null context keeps the page's own variables out: a page with a `label` must not relabel its fields.
  node.params = [literal(null)];
}

function parametersOf(file: TemplateFile): Parameters | undefined {
  const declaration = /^\{\{!--\s*params:([^]*?)--\}\}/.exec(file.source)?.[1];
  if (declaration === undefined) return undefined;
  const required: string[] = [];
  const optional = new Map<string, string | null>();
  for (const [, key = '', mark, value] of declaration.matchAll(/([a-z][A-Za-z]*)(\?|="([^"]*)")?(?=\s|$)/g)) {
    if (mark === undefined) required.push(key);
    else optional.set(key, value ?? null);
  }
  return { required, optional };
}
