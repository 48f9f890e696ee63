import type { HelperFactory } from './helper.js';

/** `{{size rows}}`: how many entries a list or an object has; nothing has none. */
export const size: HelperFactory = () => (value: unknown) => {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object') return Object.keys(value).length;
  throw new TypeError(`{{size}} needs a list or an object and got ${typeof value}`);
};
