import type { HelperFactory } from './helper.js';

/** `data-slots="{{json slots}}"`: a value as JSON, for data attributes only (it is escaped like any text). */
export const json: HelperFactory = () => (value: unknown) => {
  const written: string | undefined = JSON.stringify(value);
  if (written === undefined) throw new TypeError('{{json}} needs a value');
  return written;
};
