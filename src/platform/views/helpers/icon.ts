import { trustedHtml } from '../trusted-html.js';
import { text, type HelperFactory, type HelperOptions } from './helper.js';

/** `{{icon "sun"}}`, `{{icon "sun" small=true}}`: a Tabler outline icon, inlined and hidden from assistive technology. */
export const icon: HelperFactory =
  ({ icons }) =>
  (name: unknown, options: HelperOptions) => {
    const classes = options.hash.small === true ? 'icon icon-s' : 'icon';
    const shapes = icons.shapes(text('icon', name));
    return trustedHtml(
      `<svg class="${classes}" width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">${shapes}</svg>`,
    );
  };
