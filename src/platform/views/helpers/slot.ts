import { trustedHtml } from '../trusted-html.js';
import { text, type HelperFactory, type HelperOptions } from './helper.js';

/** `{{slot "admin.dashboard"}}`: what plugins drew for this place; one that failed is a muted card, none is nothing. */
export const slot: HelperFactory = (tools) => (place: unknown, options: HelperOptions) => {
  const contributions = options.data.contributions[text('slot', place)] ?? [];
  const parts = contributions.map(({ pluginId, html, failure }) =>
    tools.partial(
      'contribution',
      { pluginId, content: html === undefined ? null : trustedHtml(html), failed: failure !== undefined },
      options.data,
    ),
  );
  return trustedHtml(parts.join('\n'));
};
