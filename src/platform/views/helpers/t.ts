import type { WordValues } from '../../i18n/i18n.js';
import { text, type HelperFactory, type HelperOptions } from './helper.js';

/** `{{t "scheduling:today.title" name=row.name count=3}}`: the words of a key; missing keys and values throw in tests. */
export const t: HelperFactory =
  ({ i18n }) =>
  (key: unknown, options: HelperOptions) =>
    i18n.t(options.data.locale, text('t', key), options.hash as WordValues);
