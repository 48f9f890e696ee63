import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Nested words of one namespace: `{ "sign-in": { "title": "Sign in" } }`. Leaves are texts. */
export interface Words {
  readonly [key: string]: string | Words;
}

/** Locale to namespace to words, e.g. `catalogue.en.scheduling`. */
export type Catalogue = Record<string, Record<string, Words>>;

/** The words that no feature owns: `platform/i18n/locales/<locale>/<namespace>.json`. */
const SHARED = 'platform/i18n/locales';

/**
 * Reads every words file below `root` (`src`, or `dist` after a build): the shared ones, and of each feature or part of the
 * platform `<folder>/locales/<locale>.json`, with the folder's name as namespace.
 */
export function readCatalogue(root: string): Catalogue {
  const catalogue: Catalogue = {};
  const add = (locale: string, namespace: string, file: string) => {
    const ofLocale = (catalogue[locale] ??= {});
    if (ofLocale[namespace]) throw new Error(`${file}: the words of ${namespace} are defined twice`);
    ofLocale[namespace] = readWords(file);
  };
  for (const locale of names(path.join(root, SHARED)))
    for (const file of names(path.join(root, SHARED, locale)))
      add(locale, path.basename(file, '.json'), path.join(root, SHARED, locale, file));
  for (const part of ['platform', 'features'])
    for (const folder of names(path.join(root, part))) {
      const locales = path.join(root, part, folder, 'locales');
      for (const file of names(locales).filter((name) => name.endsWith('.json')))
        add(path.basename(file, '.json'), folder, path.join(locales, file));
    }
  return catalogue;
}

/** Words of one plugin: `<dir>/<locale>.json` under the plugin's id as namespace. */
export function readPluginWords(dir: string): Record<string, Words> {
  return Object.fromEntries(
    names(dir).map((file) => [path.basename(file, '.json'), readWords(path.join(dir, file))] as const),
  );
}

/** All keys of a namespace with dots, e.g. `sign-in.title`. */
export function keysOf(words: Words, prefix = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
}

function readWords(file: string): Words {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  checkWords(parsed, file);
  return parsed as Words;
}

function checkWords(value: unknown, where: string): void {
  if (typeof value === 'string') return;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${where}: words are texts or groups of texts`);
  for (const [key, inner] of Object.entries(value)) checkWords(inner, `${where} ${key}`);
}

const names = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => !name.startsWith('.'))
        .sort()
    : [];
