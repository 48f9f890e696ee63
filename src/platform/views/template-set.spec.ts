import { describe, expect, it } from '@jest/globals';
import { readCatalogue } from '../i18n/catalogue.js';
import { I18n } from '../i18n/i18n.js';
import { compiledSources, compilingEnvironment } from './compiled-sources.js';
import type { RenderData } from './helpers/helper.js';
import { IconSet } from './icon-set.js';
import { coreTemplateFiles, type TemplateFile, type TemplateKind } from './template-files.js';
import { TemplateSet } from './template-set.js';

const root = `${import.meta.dirname}/../..`;
const words = {
  ...readCatalogue(root).en,
  sample: { hello: 'Hello {{name}}', rows_one: 'One row', rows_other: '{{count}} rows' },
};
const i18n = new I18n({ en: words }, { strict: true });
const icons = IconSet.load(root);
const shared = coreTemplateFiles(root).filter(({ id, kind }) => kind === 'partial' && !id.includes('/'));

const data: RenderData = {
  locale: 'en',
  timeZone: 'America/Los_Angeles',
  csrfToken: 'token"',
  nonce: 'n0nce',
  path: '/',
  requestId: 'r',
  practiceName: 'Linden Row',
  contributions: {
    'admin.dashboard': [
      { pluginId: 'good', html: '<p>ready</p>' },
      { pluginId: 'bad', failure: 'late' },
    ],
  },
};

const file = (id: string, source: string, kind: TemplateKind = 'page'): TemplateFile => ({
  id,
  kind,
  file: `${id}.hbs`,
  source,
});

function setOf(...files: TemplateFile[]): TemplateSet {
  const sources = [...compiledSources(shared), ...compiledSources(files, shared)];
  const tools = { i18n, icons, asset: (name: string) => `/assets/core/d/${name}` };
  return new TemplateSet(compilingEnvironment(), sources, tools);
}
const render = (source: string, model: object = {}): string =>
  setOf(file('sample/page', source)).render('sample/page', model, data);

describe('template engine', () => {
  it('escapes text in content and attributes', () => {
    expect(render('<p title="{{a}}">{{a}}</p>', { a: `"><script>alert('1')</script>` })).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;</p>',
    );
  });

  it('throws for a missing variable and names the template, also inside a partial', () => {
    expect(() => render('{{nmae}}', { name: 'x' })).toThrow(/template sample\/page: "nmae" not defined/);
    const set = setOf(file('sample/page', '{{> sample/row}}'), file('sample/row', '{{who}}', 'partial'));
    expect(() => set.render('sample/page', {}, data)).toThrow(/template sample\/row: "who" not defined/);
    expect(set.render('sample/page', { who: 'Ines' }, data)).toBe('Ines');
  });

  it('reaches nothing through prototypes', () => {
    class Model {
      readonly own = 'mine';
      get inherited(): string {
        return 'leaked';
      }
    }
    expect(render('{{own}}|{{inherited}}|{{constructor}}', new Model())).toBe('mine||');
    expect(render('{{#if (lookup this "constructor")}}leaked{{/if}}', {})).toBe('');
  });

  it('does not change its output when Object.prototype is polluted', () => {
    const source =
      '{{#each rows as |row|}}{{row.name}}{{#if row.admin}} admin{{/if}}{{/each}}{{> field name="a" label="Plain words"}}';
    const before = render(source, { rows: [{ name: 'Ines' }] });
    const prototype = Object.prototype as unknown as Record<string, unknown>;
    for (const key of ['admin', 'hint', 'partials', 'value']) prototype[key] = 'polluted';
    try {
      expect(render(source, { rows: [{ name: 'Ines' }] })).toBe(before);
    } finally {
      for (const key of ['admin', 'hint', 'partials', 'value']) delete prototype[key];
    }
  });

  it.each([
    ['{{{a}}}', /raw output/],
    ['{{&a}}', /raw output/],
    ['{{log a}}', /templates do not log/],
    ['{{unknown a}}', /unknown/],
    ['{{size}}', /size is a helper; write {{this.size}}/],
    ['{{#> field}}x{{/field}}', /block partials/],
    ['{{#*inline "x"}}y{{/inline}}', /inline partials/],
    ['{{> (lookup . "p")}}', /called by its name/],
    ['{{> sample/none}}', /there is no partial sample\/none/],
    ['{{> field name="a"}}', /page\.hbs:1: field needs the parameter label/],
    ['{{> field name="a" label="b" hnit="c"}}', /field has no parameter hnit/],
    ['{{> field model name="a" label="b"}}', /takes no context/],
  ])('refuses %s', (source, why) => {
    expect(() => render(source, { a: 1, model: {} })).toThrow(why);
  });

  it('refuses an object where the text of a template belongs', () => {
    const tree = { type: 'Program', body: [] } as unknown as string;
    expect(() => setOf(file('sample/page', tree))).toThrow(/is not a text/);
  });
});

describe('helpers', () => {
  it('translates, counts and fails for what is missing', () => {
    expect(render('{{t "sample:hello" name=who}}', { who: '<b>$t(sample:rows)</b>' })).toBe(
      'Hello &lt;b&gt;$t(sample:rows)&lt;/b&gt;',
    );
    expect(render('{{t "sample:rows" count=1}}, {{t "sample:rows" count=3}}')).toBe('One row, 3 rows');
    expect(() => render('{{t "sample:none"}}')).toThrow(/no words for sample:none/);
    expect(() => render('{{t "sample:hello"}}')).toThrow(/no value for/);
    expect(() => render('{{t "sample:hello" name=who}}')).toThrow(/no value for name/);
  });

  it('writes times in the zone given or the one of the reader', () => {
    const at = { at: '2026-11-17T17:52:00Z' };
    expect(render('{{time at "America/New_York"}}', at)).toBe('12:52 PM');
    expect(render('{{time at}} {{time at style="zone"}}', at)).toBe('9:52 AM Pacific');
    expect(render('{{time at style="day"}}', at)).toBe('Tuesday, November 17');
    expect(render('{{time at style="date"}}', at)).toBe('November 17, 2026');
    expect(render('{{time at "UTC" style="zone"}}', at)).toBe('UTC');
    expect(render('{{isoDate at}}', at)).toBe('2026-11-17T17:52:00Z');
    expect(() => render('{{time at style="long"}}', at)).toThrow(/knows the styles/);
    expect(() => render('{{time gone}}', at)).toThrow(/needs a text/);
  });

  it('draws icons, initials and JSON for data attributes', () => {
    expect(render('{{icon "sun" small=true}}')).toMatch(/^<svg class="icon icon-s"[^>]*aria-hidden="true"><path d="/);
    expect(() => render('{{icon "no-such-icon"}}')).toThrow(/no outline icon/);
    expect(render('{{initials name}}', { name: 'Ines  María Calloway' })).toBe('IC');
    expect(render('<i data-x="{{json x}}"></i>', { x: { a: '"<' } })).toBe(
      '<i data-x="{&quot;a&quot;:&quot;\\&quot;&lt;&quot;}"></i>',
    );
  });

  it('compares and combines', () => {
    const model = { a: 1, b: 'x', none: null, empty: [] };
    expect(render('{{#if (and a b)}}1{{/if}}{{#if (and a none)}}2{{/if}}{{#if (not empty)}}3{{/if}}', model)).toBe(
      '13',
    );
    expect(render('{{or none b}}{{#if (eq a 1)}}y{{/if}}{{#if (eq a "1")}}n{{/if}}', model)).toBe('xy');
  });

  it('shows what plugins drew, and a muted card for the one that failed', () => {
    const html = render('{{slot "admin.dashboard"}}{{slot "nobody.here"}}');
    expect(html).toContain('<section class="plugin-panel" data-plugin="good"><p>ready</p></section>');
    expect(html).toContain('data-plugin="bad"');
    expect(html).toContain('could not be shown');
    expect(html).not.toContain('late');
  });
});

describe('shared partials', () => {
  it('redisplay what was typed with the fault, and see nothing of the page around them', () => {
    const html = render('{{> field name="email" label="Email" type="email" values=values errors=errors}}', {
      values: { email: 'a"b' },
      errors: { email: 'common:fault.check' },
      hint: 'of the page',
    });
    expect(html).toContain('value="a&quot;b"');
    expect(html).toContain('aria-invalid="true"');
    expect(html).toMatch(/aria-describedby="f-email-fault ?"/);
    expect(html).toContain('This needs another look.');
    expect(html).not.toContain('of the page');
  });

  it('never write a password back', () => {
    const model = { values: { p: 'secret' } };
    expect(render('{{> field name="p" label="P" type="password" values=values}}', model)).not.toContain('secret');
  });

  it('list the faults of a form with links to their fields', () => {
    const html = render('{{> errors errors=errors}}', { errors: { born: 'Use a year up to 2026.' } });
    expect(html).toContain('One thing before this can be saved');
    expect(html).toContain('<a href="#f-born">Use a year up to 2026.</a>');
    expect(render('{{> errors errors=errors}}', { errors: {} })).toBe('');
  });

  it('carry the token of the session', () => {
    expect(render('{{> csrf}}').trim()).toBe('<input type="hidden" name="_csrf" value="token&quot;">');
  });

  it('choose the option that was typed, else the value given', () => {
    const options = [
      { value: 'a', label: 'A', hint: null },
      { value: 'b', label: 'B', hint: null },
    ];
    const source = '{{> select name="s" label="S" options=options values=values value="a"}}';
    expect(render(source, { options, values: { s: 'b' } })).toMatch(/value="b" selected/);
    expect(render(source, { options, values: {} })).toMatch(/value="a" selected/);
    expect(render('{{> choices name="s" legend="S" options=options value="b"}}', { options })).toMatch(
      /value="b"\s+checked/,
    );
  });
});
