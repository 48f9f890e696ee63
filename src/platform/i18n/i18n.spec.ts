import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { keysOf, readCatalogue } from './catalogue.js';
import { formatTime } from './format-time.js';
import { I18n } from './i18n.js';
import { negotiateLocale } from './negotiate.js';

const catalogue = {
  en: { common: { hello: 'Hello {{name}}', rows_one: 'One row', rows_other: '{{count}} rows', only: 'English only' } },
  es: { common: { hello: 'Hola {{name}}', rows_one: 'Una fila', rows_other: '{{count}} filas' } },
};

describe('I18n', () => {
  const i18n = new I18n(catalogue, { strict: true });

  it('speaks each locale, and English where words are missing', () => {
    expect(i18n.t('es', 'common:hello', { name: 'Inés' })).toBe('Hola Inés');
    expect(i18n.t('es', 'common:rows', { count: 2 })).toBe('2 filas');
    expect(i18n.t('es', 'common:only')).toBe('English only');
    expect(i18n.t('fr', 'common:rows', { count: 1 })).toBe('One row');
    expect(i18n.locales).toEqual(['en', 'es']);
  });

  it('takes values as they are: no nesting, no escaping, no templates inside them', () => {
    expect(i18n.t('en', 'common:hello', { name: '$t(common:only) {{name}} <b>' })).toBe(
      'Hello $t(common:only) {{name}} <b>',
    );
  });

  it('throws for gaps in tests; elsewhere shows the key', () => {
    expect(() => i18n.t('en', 'common:nothing')).toThrow(/no words for common:nothing/);
    expect(() => i18n.t('en', 'not a key')).toThrow(/no words for/);
    expect(() => i18n.t('en', 'common')).toThrow(/no words for/);
    expect(() => i18n.t('en', 'common:hello')).toThrow(/no value for/);
    const lenient = new I18n(catalogue, { strict: false });
    expect(lenient.t('en', 'common:nothing')).toBe('common:nothing');
  });

  it('says keys of known namespaces and leaves finished texts alone', () => {
    expect(i18n.say('en', 'common:only')).toBe('English only');
    expect(i18n.say('en', 'Note: bring water')).toBe('Note: bring water');
    expect(i18n.say('en', 'http:something')).toBe('http:something');
    expect(() => i18n.say('en', 'common:typo')).toThrow(/no words/);
  });
});

describe('negotiateLocale', () => {
  it.each([
    [undefined, undefined, 'en'],
    ['es', 'en', 'es'],
    ['fr', 'es-MX, en;q=0.5', 'es'],
    [undefined, 'fr, en;q=0.3, es;q=0.8', 'es'],
    [undefined, 'es;q=0, en', 'en'],
    [undefined, '*', 'en'],
    [undefined, `${'x,'.repeat(10_000)}es`, 'en'],
    [undefined, '<script>, ../../etc, es', 'es'],
  ])('answers account %s and header %s', (account, header, expected) => {
    expect(negotiateLocale(['en', 'es'], account, header)).toBe(expected);
  });
});

describe('formatTime', () => {
  it('shows the change of clocks', () => {
    const zone = 'America/Denver';
    expect(formatTime(new Date('2026-11-01T07:30:00Z'), zone, 'time')).toBe('1:30 AM');
    expect(formatTime(new Date('2026-11-01T08:30:00Z'), zone, 'time')).toBe('1:30 AM');
    expect(formatTime(new Date('2026-07-01T20:00:00Z'), zone, 'zone')).toBe('Mountain');
    expect(formatTime(new Date('2026-07-01T20:00:00Z'), 'Asia/Kathmandu', 'full')).toBe('Thursday, July 2 at 1:45 AM');
    expect(() => formatTime(new Date(), 'Nowhere/City', 'time')).toThrow(RangeError);
  });
});

describe('readCatalogue', () => {
  const dirs: string[] = [];
  afterEach(() => {
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
  });
  const rootWith = (files: Record<string, string>): string => {
    const root = mkdtempSync(path.join(tmpdir(), 'words-'));
    dirs.push(root);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    }
    return root;
  };

  it('finds shared words and those of features', () => {
    const root = rootWith({
      'platform/i18n/locales/en/common.json': '{"a":{"b":"c"}}',
      'platform/audit/locales/en.json': '{"x":"y"}',
      'features/people/locales/en.json': '{"list":{"title":"Clients"}}',
    });
    const { en = {} } = readCatalogue(root);
    expect(Object.keys(en).sort()).toEqual(['audit', 'common', 'people']);
    expect(keysOf(en.people ?? {})).toEqual(['list.title']);
  });

  it('refuses what is not a text, and a namespace that exists twice', () => {
    expect(() => readCatalogue(rootWith({ 'features/people/locales/en.json': '{"a":{"b":7}}' }))).toThrow(
      /people.*a b/,
    );
    const twice = { 'platform/common/locales/en.json': '{}', 'platform/i18n/locales/en/common.json': '{}' };
    expect(() => readCatalogue(rootWith(twice))).toThrow(/defined twice/);
  });
});
