import { text, type HelperFactory } from './helper.js';

/** `<time datetime="{{isoDate at}}">`: an instant as ISO 8601 in UTC, to the second. */
export const isoDate: HelperFactory = () => (instant: unknown) => {
  const at = instant instanceof Date ? instant : new Date(text('isoDate', instant));
  if (Number.isNaN(at.getTime())) throw new RangeError('{{isoDate}} got a time that is none');
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
};
