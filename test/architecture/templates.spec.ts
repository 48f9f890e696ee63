import { describe, expect, it } from '@jest/globals';
import { parseTemplates, precompile } from '../../src/platform/views/template-compiler.js';
import { coreTemplateFiles, pluginTemplateFiles } from '../../src/platform/views/template-files.js';
import { lintScript, lintStyles } from './support/asset-lint.js';
import { ROOT, sourceFiles } from './support/source-files.js';
import { lintTemplate } from './support/template-lint.js';

const templates = sourceFiles(['src', 'plugins'], ['.hbs']);
const scripts = sourceFiles(['src', 'plugins'], ['.js']).filter(({ file }) => /\/assets\//.test(file));
const styles = sourceFiles(['src', 'plugins'], ['.css']);

describe('templates', () => {
  it('hold no script, no style, no raw output and no words of their own', () => {
    expect(templates.length).toBeGreaterThan(20);
    expect(templates.flatMap(({ file, source }) => lintTemplate(file, source))).toEqual([]);
  });

  it('compile with the options of the build', () => {
    const files = coreTemplateFiles(`${ROOT}/src`);
    for (const tree of parseTemplates(files).values()) expect(precompile(tree)).toContain('main');
    const shared = files.filter(({ kind, id }) => kind === 'partial' && !id.includes('/'));
    const plugins = new Set(templates.map(({ file }) => /^plugins\/([^/]+)\/views\//.exec(file)?.[1]));
    for (const id of [...plugins].filter((plugin) => plugin !== undefined)) {
      const own = pluginTemplateFiles(`${ROOT}/plugins/${id}/views`, id);
      for (const tree of parseTemplates(own, shared).values()) expect(precompile(tree)).toContain('main');
    }
  });

  it.each([
    ['<p>{{{name}}}</p>', 'raw output'],
    ['<p>{{& name}}</p>', 'raw output'],
    ['<script>start()</script>', 'inline script'],
    ['<script src="/x.js"></script>', 'script without nonce'],
    ['<style>p { color: red }</style>', '<style> is not used'],
    ['<p style="color: red"></p>', 'inline style'],
    ['<p {{#if a}}style="top: {{x}}px"{{/if}}></p>', 'inline style'],
    ['<button type="button" onclick="go()"></button>', 'event attribute'],
    ['<p {{#if a}}class="b"{{else}}ONCLICK="go()"{{/if}}></p>', 'event attribute'],
    ['<p class={{tone}}></p>', 'unquoted attribute'],
    ['<a href=/today></a>', 'unquoted attribute'],
    ['<div hx-on:click="x()"></div>', 'hx-on needs eval'],
    ['<div hx-get="/x" hx-trigger="click[ctrlKey]"></div>', 'filter in hx-trigger needs eval'],
    ['<div hx-vals="js:{a: 1}"></div>', 'script in an hx attribute'],
    ['<form method="post" action="/x"></form>', 'POST form without {{> csrf}}'],
    ['<form method="POST" action="/x">{{> field name="a" label="common:a"}}</form>', 'POST form without {{> csrf}}'],
    ['<a href="/x" target="_blank"></a>', 'target opens another window'],
    ['<a href="https://example.org/"></a>', 'address outside this server'],
    ['<img src="//example.org/x.png" alt="">', 'address outside this server'],
    ['<a href="javascript:go()"></a>', 'javascript: address'],
    ['<p>Hello {{name}}</p>', 'words that are not an i18n key'],
    ['<p>{{#if a}}{{b}}{{else}}nobody{{/if}}</p>', 'words that are not an i18n key'],
    ['<input type="text" name="q" placeholder="Name or number">', 'words that are not an i18n key'],
    ['{{> field name="email" label="Email"}}', 'words that are not an i18n key'],
    ['<img src="/x.png">', 'picture without alt'],
    ['<iframe src="/x"></iframe>', '<iframe> is not used'],
    ['<button class="btn">{{t "a:b"}}</button>', 'button without type'],
  ])('are refused with a planted fault: %s', (source, why) => {
    expect(lintTemplate('planted.hbs', source).join('\n')).toContain(why);
  });

  it.each([
    '<form method="post" action="/x">{{> csrf}}{{> field name="email" label="access:sign-in.email"}}</form>',
    '<form role="search" action="/clients"><input type="search" name="q" aria-label="{{t "common:frame.find"}}"></form>',
    '<div hx-get="/x" hx-trigger="alcove:waiting from:body, alcove:again from:body"></div>',
    '<p class="chip {{tone}}" {{#if id}}id="{{id}}"{{/if}}>{{say text}} · 50 %</p>',
    '<svg viewBox="0 0 4 4"><path d="M0 0h4v4z"/></svg><kbd>Esc</kbd>&nbsp;&rarr;',
  ])('are accepted when clean: %s', (source) => {
    expect(lintTemplate('clean.hbs', source)).toEqual([]);
  });
});

describe('browser modules and stylesheets', () => {
  it('have no raw HTML sink, no eval, no address outside and no storage', () => {
    expect(scripts.length).toBeGreaterThan(4);
    expect(scripts.flatMap(({ file, source }) => lintScript(file, source))).toEqual([]);
    expect(styles.flatMap(({ file, source }) => lintStyles(file, source))).toEqual([]);
  });

  it.each([
    'box.innerHTML = text',
    'box["outerHTML"] = text',
    'box.insertAdjacentHTML("beforeend", text)',
    'document.write(text)',
    'eval(text)',
    'new Function(text)',
    'setTimeout("go()", 1)',
    'button.onclick = go',
    'button.setAttribute("onclick", text)',
    'fetch("https://example.org/")',
    'const servers = [{ urls: "stun:stun.example.org" }]',
    'localStorage.setItem("note", text)',
    'sessionStorage.note = text',
    'new DOMParser().parseFromString(text, "text/html")',
    'document.cookie = "a=b"',
    'console.log(name)',
    'confirm("Sure?")',
  ])('are refused with a planted fault: %s', (source) => {
    expect(lintScript('planted.js', source)).toHaveLength(1);
  });

  it('are accepted when clean', () => {
    expect(
      lintScript(
        'clean.js',
        '// innerHTML is banned\nconst space = "http://www.w3.org/2000/svg";\nbox.textContent = text; /* eval() */ if (a.online == 1) go();',
      ),
    ).toEqual([]);
    expect(
      lintStyles('planted.css', '@import url("x.css"); p { background: url(https://example.org/x.png) }'),
    ).toHaveLength(2);
  });
});
