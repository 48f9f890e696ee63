import Handlebars from 'handlebars';
import { flatten, tagsOf, textOf, type Tag } from './template-html.js';

/** Words that are the same in every language. */
const SAME_EVERYWHERE = new Set(['Esc', 'Alcove']);

/** Attributes whose value people read or hear. */
const SPOKEN = new Set(['placeholder', 'aria-label', 'aria-description', 'title', 'alt', 'label', 'data-label']);

/** Parameters of shared partials that hold words. */
const WORD_PARAMETERS = new Set([
  'label',
  'text',
  'title',
  'hint',
  'legend',
  'submit',
  'cancelText',
  'keep',
  'opener',
  'link',
  'placeholder',
  'blank',
  'chip',
  'countLabel',
  'newerText',
  'olderText',
]);

const FORBIDDEN_TAGS = new Set([
  'style',
  'iframe',
  'object',
  'embed',
  'base',
  'frame',
  'applet',
  'marquee',
  'center',
  'font',
]);
const KEY = /^[a-z][a-z0-9-]*:[A-Za-z0-9_.-]+$/;

/** Finds what a template may not hold. Returns one line per fault, empty when it is clean. */
export function lintTemplate(file: string, source: string): string[] {
  const faults: string[] = [];
  const fail = (why: string, where = '') => faults.push(`${file}: ${why}${where && ` (${where.slice(0, 80)})`}`);
  if (/\{\{\{|\{\{&/.test(source)) fail('raw output');
  const tree = Handlebars.parse(source);
  const html = flatten(tree);
  for (const tag of tagsOf(html)) lintTag(tag, fail);
  lintForms(html, fail);
  // Commands are typed as they stand, in every language.
  for (const text of textOf(html.replaceAll(/<code>[^<]*<\/code>/g, '')))
    if (hasWords(text)) fail('words that are not an i18n key', text.trim());
  for (const literal of literalWords(tree)) fail('words that are not an i18n key', literal);
  return faults;
}

type Fail = (why: string, where?: string) => void;

function lintTag(tag: Tag, fail: Fail): void {
  if (FORBIDDEN_TAGS.has(tag.name)) fail(`<${tag.name}> is not used`, tag.source);
  if (tag.name === 'script' && !tag.closing) {
    if (!tag.attributes.has('src')) fail('inline script', tag.source);
    if (!tag.attributes.get('nonce')) fail('script without nonce', tag.source);
  }
  if (tag.name === 'meta' && tag.attributes.has('http-equiv')) fail('meta http-equiv', tag.source);
  if (tag.name === 'img' && !tag.attributes.has('alt')) fail('picture without alt', tag.source);
  if (tag.name === 'button' && !tag.closing && !tag.attributes.has('type')) fail('button without type', tag.source);
  if (tag.unquoted) fail('unquoted attribute', tag.source);
  for (const [name, value] of tag.attributes) lintAttribute(name, value, fail, tag);
}

function lintAttribute(name: string, value: string, fail: Fail, tag: Tag): void {
  if (name === 'style') fail('inline style', tag.source);
  if (/^on[a-z]/.test(name)) fail('event attribute', tag.source);
  if (/^(data-)?hx-on/.test(name)) fail('hx-on needs eval', tag.source);
  if (/^(data-)?hx-trigger$/.test(name) && value.includes('[')) fail('filter in hx-trigger needs eval', tag.source);
  if (/^(data-)?hx-/.test(name) && /^\s*js(on)?:/.test(value)) fail('script in an hx attribute needs eval', tag.source);
  if (/^\s*javascript:/i.test(value)) fail('javascript: address', tag.source);
  if (name === 'target' && value !== '_self') fail('target opens another window', tag.source);
  if (name === 'formmethod' || name === 'formaction' || name === 'srcdoc') fail(`${name} is not used`, tag.source);
  const address = /^(href|src|action|poster|data|srcset|(data-)?hx-(get|post|put|patch|delete))$/.test(name);
  if (address && /^\s*([a-z][a-z0-9+.-]*:)?\/\//i.test(value)) fail('address outside this server', tag.source);
  if (address && /^\s*(data|blob|file):/i.test(value)) fail('address that is data', tag.source);
  if (SPOKEN.has(name) && hasWords(value)) fail('words that are not an i18n key', `${name}="${value}"`);
}

function lintForms(html: string, fail: Fail): void {
  for (const [form = ''] of html.matchAll(/<form\b[^]*?(<\/form>|$)/gi)) {
    const [opening] = tagsOf(form);
    if (opening?.attributes.get('method')?.toLowerCase() === 'post' && !form.includes('⟦>csrf⟧'))
      fail('POST form without {{> csrf}}', opening.source);
  }
}

/** Anything that reads as a word once expressions, entities and single letters are gone. */
function hasWords(text: string): boolean {
  const plain = text.replaceAll(/⟦[^⟧]*⟧/g, ' ').replaceAll(/&[a-z#0-9]+;/gi, ' ');
  return (plain.match(/\p{L}{2,}/gu) ?? []).some((word) => !SAME_EVERYWHERE.has(word));
}

/** Literal words given to partials instead of keys. */
function literalWords(tree: hbs.AST.Program): string[] {
  const found: string[] = [];
  class Visitor extends Handlebars.Visitor {
    override PartialStatement(node: hbs.AST.PartialStatement): void {
      for (const { key, value } of node.hash?.pairs ?? []) {
        const text = value.type === 'StringLiteral' ? (value as hbs.AST.StringLiteral).value : '';
        if (WORD_PARAMETERS.has(key) && hasWords(text) && !KEY.test(text)) found.push(`${key}="${text}"`);
      }
      super.PartialStatement(node);
    }
  }
  new Visitor().accept(tree);
  return found;
}
