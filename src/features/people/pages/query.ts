/** A query parameter as one short text; lists, objects and what is too long count as nothing. */
export const textOf = (value: unknown, longest = 100): string =>
  typeof value === 'string' && value.length <= longest ? value.normalize('NFC').replaceAll('\u0000', '').trim() : '';

/** A query parameter out of a fixed list, or the first of the list. */
export const oneOf = <T extends string>(value: unknown, known: readonly [T, ...T[]]): T =>
  known.find((option) => option === value) ?? known[0];
