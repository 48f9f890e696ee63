/** The cascade of the whole product, in order; a later layer wins whatever its selectors. */
export const LAYERS = '@layer tabler, tokens, base, parts, shell, pages, plugins, helpers;';

/** Joins the stylesheet of the core: each source becomes a layer of its own. */
export function joinStyles(sources: readonly { readonly layer: string; readonly css: string }[]): string {
  return [LAYERS, ...sources.map(({ layer, css }) => `@layer ${layer} {\n${withoutCharset(css)}\n}`)].join('\n');
}

/**
 * Wraps the stylesheet of a plugin so that it dresses its own panels and cannot repaint the house. Throws when its braces do not
 * match, since such a text would leave the wrapping.
 */
export function scopePluginStyles(css: string, name: string): string {
  const plain = withoutCharset(css);
  if (!balanced(plain)) throw new Error(`stylesheet ${name}: braces, quotes or comments do not match`);
  return `${LAYERS}\n@layer plugins {\n@scope (.plugin-panel) {\n${plain}\n}\n}\n`;
}

const withoutCharset = (css: string): string => css.replace(/^\uFEFF?\s*@charset\s+"[^"]*";/i, '');

/** Whether blocks, strings and comments all close inside the text. */
function balanced(css: string): boolean {
  let depth = 0;
  for (let at = 0; at < css.length; at++) {
    const sign = css[at];
    if (sign === '\\') at++;
    else if (sign === '/' && css[at + 1] === '*') {
      const end = css.indexOf('*/', at + 2);
      if (end < 0) return false;
      at = end + 1;
    } else if (sign === '"' || sign === "'") {
      at = endOfString(css, at);
      if (at < 0) return false;
    } else if (sign === '{') depth++;
    else if (sign === '}' && --depth < 0) return false;
  }
  return depth === 0;
}

/** Index of the closing quote, or -1: a string that meets the end of its line is not closed. */
function endOfString(css: string, start: number): number {
  for (let at = start + 1; at < css.length; at++) {
    if (css[at] === '\\') at++;
    else if (css[at] === css[start]) return at;
    else if (css[at] === '\n') return -1;
  }
  return -1;
}
