/**
 * Picks a locale out of `available` (its first entry is the fallback): the account's own choice first, then `Accept-Language` by
 * its weights. `es-MX` is answered by `es`.
 */
export function negotiateLocale(
  available: readonly string[],
  account: string | undefined,
  acceptLanguage: string | undefined,
): string {
  const wishes = [...(account ? [account] : []), ...wishesOf(acceptLanguage ?? '')];
  for (const wish of wishes) {
    const exact = available.find((locale) => locale.toLowerCase() === wish.toLowerCase());
    const language = wish.split('-')[0]?.toLowerCase();
    const found = exact ?? available.find((locale) => locale.toLowerCase() === language);
    if (found !== undefined) return found;
  }
  return available[0] ?? 'en';
}

/** Tags of an Accept-Language header, best first; at most 20 are read. */
function wishesOf(header: string): string[] {
  return header
    .split(',', 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const weight = parameters.map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(text)?.[1]).find(Boolean);
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(tag) && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}
