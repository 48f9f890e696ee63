import type { HelperFactory } from './helper.js';

/** Empty lists count as nothing, as in `{{#if}}`. */
const holds = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

/** `{{#if (eq status "booked")}}` */
export const eq: HelperFactory = () => (a: unknown, b: unknown) => a === b;

/** `{{#if (not row.past)}}` */
export const not: HelperFactory = () => (value: unknown) => !holds(value);

/** `{{#if (and a b)}}`: the first value that is nothing, else the last one. */
export const and: HelperFactory =
  () =>
  (...args: unknown[]) => {
    const values = args.slice(0, -1);
    return values.find((value) => !holds(value)) ?? (values.every(holds) ? values.at(-1) : false);
  };

/** `{{or chosenName legalName}}`: the first value that is something, else false. */
export const or: HelperFactory =
  () =>
  (...args: unknown[]) =>
    args.slice(0, -1).find(holds) ?? false;
