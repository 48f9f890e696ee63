import { isId } from '../../../platform/ids.js';
import { isDay, isTime } from '../wall-time.js';

/** Query parameters by shape; what has another shape is as if it had not been given. */
export const dayIn = (value: unknown): string | undefined => (isDay(value) ? value : undefined);
export const timeIn = (value: unknown): string | undefined => (isTime(value) ? value : undefined);
export const idIn = (value: unknown): string | undefined => (isId(value) ? value : undefined);
export const textIn = (value: unknown, longest = 100): string =>
  typeof value === 'string' && value.length <= longest ? value.normalize('NFC').replaceAll('\u0000', '').trim() : '';
