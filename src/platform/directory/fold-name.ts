/** Letters that Unicode does not take apart into a base letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ı: 'i',
};

/** A name as people type it in a hurry: lower case, no diacritics, one space between words. */
export const foldName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßæœøđðłþı]/g, (letter) => LETTERS[letter])
    .replaceAll(/[’‘ʼ`]/g, "'")
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The words of a name, each also without its inner hyphens and apostrophes: `o'brien` is found as o'brien, obrien and brien. */
export function nameWords(name: string): string[] {
  const words = foldName(name).split(' ').filter(Boolean);
  return [...new Set(words.flatMap((word) => [word, word.replaceAll(/['-]/g, ''), ...word.split(/['-]/)]))].filter(
    Boolean,
  );
}
