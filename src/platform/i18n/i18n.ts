import { Injectable, Logger } from '@nestjs/common';
import { createInstance, type i18n } from 'i18next';
import { readPluginWords, type Catalogue } from './catalogue.js';
import { negotiateLocale } from './negotiate.js';

export type WordValues = Readonly<Record<string, string | number>>;

export interface I18nOptions {
  /** A missing key or value throws (tests); otherwise the key is shown and the gap is logged once. */
  readonly strict: boolean;
}

/** `namespace:key`, as templates and view models write it. */
const KEY = /^([a-z][a-z0-9-]*):[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

const PLAIN_AT_MOST = 20_000;

const hasAny = (values: WordValues): boolean => {
  for (const name in values) if (Object.hasOwn(values, name)) return true;
  return false;
};

/** The words people read, by key. English is complete; another locale falls back to it key by key. */
@Injectable()
export class I18n {
  private readonly logger = new Logger('I18n');
  private readonly engine: i18n;
  private readonly reported = new Set<string>();
  /** Words without values by locale and key: most of a page, and looking them up is a tenth of its cost. */
  private readonly plain = new Map<string, string>();

  constructor(
    catalogue: Catalogue,
    private readonly options: I18nOptions,
  ) {
    this.engine = createInstance({
      resources: catalogue,
      lng: 'en',
      fallbackLng: 'en',
      ns: Object.keys(catalogue.en ?? {}),
      defaultNS: false,
      initAsync: false,
      returnObjects: false,
      // Handlebars escapes at the place where the text meets HTML.
      interpolation: { escapeValue: false },
      missingInterpolationHandler: (text: string, value: unknown) =>
        this.gap(`no value for ${String(value)} in ${text}`),
    });
    void this.engine.init();
  }

  /**
   * The text of `key` (`namespace:path.to.text`) in `locale`, with `{{name}}` filled from `values` and plurals chosen by `count`.
   * Values are never translated, nested or escaped.
   */
  t(locale: string, key: string, values?: WordValues): string {
    if (values !== undefined && hasAny(values)) return this.translate(locale, key, values);
    const at = `${locale}|${key}`;
    let text = this.plain.get(at);
    if (text === undefined) {
      text = this.translate(locale, key, {});
      // A gap stays a gap for the next one who asks; keys that somebody makes up must not fill the memory.
      if (text !== key && this.plain.size < PLAIN_AT_MOST) this.plain.set(at, text);
    }
    return text;
  }

  private translate(locale: string, key: string, values: WordValues): string {
    for (const [name, value] of Object.entries(values))
      if (value === undefined || value === null) this.gap(`no value for ${name} in ${key}`);
    const text: unknown = KEY.test(key) ? this.engine.t(key, { ...values, lng: locale, defaultValue: '' }) : '';
    if (typeof text === 'string' && text !== '') return text;
    this.gap(`no words for ${key}`);
    return key;
  }

  has(locale: string, key: string): boolean {
    return KEY.test(key) && this.engine.exists(key, { lng: locale });
  }

  /** Translates what is written as a key of a known namespace; any other text is returned as it is. */
  say(locale: string, keyOrText: string): string {
    const namespace = KEY.exec(keyOrText)?.[1];
    return namespace !== undefined && this.engine.hasResourceBundle('en', namespace)
      ? this.t(locale, keyOrText)
      : keyOrText;
  }

  /** Locales with words of their own, English first. */
  get locales(): string[] {
    const others = Object.keys(this.engine.store.data).filter((locale) => locale !== 'en');
    return ['en', ...others.sort()];
  }

  /** The best locale for somebody: what the account says, else what the browser asks for, else English. */
  negotiate(account: string | undefined, acceptLanguage: string | undefined): string {
    return negotiateLocale(this.locales, account, acceptLanguage);
  }

  /** Adds the words of a plugin (`<dir>/<locale>.json`) under its id; called again after an upgrade, it replaces them. */
  register(pluginId: string, dir: string): void {
    for (const [locale, words] of Object.entries(readPluginWords(dir)))
      this.engine.addResourceBundle(locale, pluginId, words, false, true);
    this.plain.clear();
  }

  private gap(message: string): string {
    if (this.options.strict) throw new Error(`i18n: ${message}`);
    if (!this.reported.has(message)) {
      this.reported.add(message);
      this.logger.warn(message);
    }
    return '';
  }
}
