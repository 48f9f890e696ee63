/** One tag of a flattened template; attribute names in lower case, expressions as ⟦...⟧. */
export interface Tag {
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  readonly unquoted: boolean;
  readonly source: string;
}

/** The HTML of a template with both branches of every block, expressions as ⟦=⟧ and partials as ⟦>name⟧. */
export function flatten(node: hbs.AST.Program): string {
  return node.body.map((statement) => flattenStatement(statement)).join('');
}

function flattenStatement(statement: hbs.AST.Statement): string {
  switch (statement.type) {
    case 'ContentStatement':
      return (statement as hbs.AST.ContentStatement).value;
    case 'MustacheStatement':
      return '⟦=⟧';
    case 'PartialStatement':
      return `⟦>${String(((statement as hbs.AST.PartialStatement).name as hbs.AST.PathExpression).original)}⟧`;
    case 'BlockStatement': {
      const block = statement as hbs.AST.BlockStatement;
      // The space keeps an attribute of one branch from growing into the next.
      return [block.program, block.inverse].map((program) => (program ? flatten(program) : '')).join(' ');
    }
    case 'CommentStatement':
      return '';
    default:
      throw new Error(`templates do not use ${statement.type}`);
  }
}

const TAG = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>/g;
const ATTRIBUTE = /([^\s=/"'⟦⟧]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']+))?/g;

export function tagsOf(html: string): Tag[] {
  return [...html.matchAll(TAG)].map(([source, slash, name = '', inside = '']) => {
    const attributes = new Map<string, string>();
    let unquoted = false;
    for (const [, key = '', value] of inside.matchAll(ATTRIBUTE)) {
      if (value !== undefined && !/^["']/.test(value)) unquoted = true;
      attributes.set(key.toLowerCase(), value?.replace(/^["']|["']$/g, '') ?? '');
    }
    return { name: name.toLowerCase(), closing: slash === '/', attributes, unquoted, source };
  });
}

/** Text between tags, without comments, scripts and the doctype. */
export function textOf(html: string): string[] {
  return html
    .replaceAll(/<!--[^]*?-->|<!doctype[^>]*>/gi, '')
    .split(TAG_SPLIT)
    .filter((part) => part.trim() !== '');
}

const TAG_SPLIT = /<\/?[a-zA-Z][a-zA-Z0-9-]*(?:"[^"]*"|'[^']*'|[^"'>])*>/;
