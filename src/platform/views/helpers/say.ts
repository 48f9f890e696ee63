import { text, type HelperFactory, type HelperOptions } from './helper.js';

/** `{{say value}}`: for parameters of shared partials, which may be a key or a text that is already finished. */
export const say: HelperFactory =
  ({ i18n }) =>
  (value: unknown, options: HelperOptions) =>
    i18n.say(options.data.locale, text('say', value));
