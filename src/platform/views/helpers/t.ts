import type { WordValues } from '../../i18n/i18n.js';
import { text, type HelperFactory, type HelperOptions } from './helper.js';

/**
 * `{{t "scheduling:today.title" name=row.name count=3}}`: the words of a key; missing keys and values throw in tests. Where code chose
 * the key, `values=row.values` brings its values along.
 */
export const t: HelperFactory =
  ({ i18n }) =>
  (key: unknown, options: HelperOptions) => {
    const { values, ...named } = options.hash as WordValues & { readonly values?: WordValues };
    return i18n.t(options.data.locale, text('t', key), { ...values, ...named });
  };
