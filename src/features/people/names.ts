import { foldName } from '../../platform/directory/fold-name.js';

/** How names are shown, ordered and hidden. Pure: no names are kept here. */

/** What people are called here: their chosen name when they gave one. */
export const displayName = (legalName: string, chosenName: string | null): string => chosenName ?? legalName;

/**
 * Order of lists: the last word of the name first. Not right for every culture, but predictable, and the search finds every part.
 */
export function sortKey(name: string): string {
  const words = foldName(name).split(' ');
  return words.length < 2 ? words.join('') : `${words[words.length - 1]} ${words.slice(0, -1).join(' ')}`;
}

/** At most two initials: first and last word. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return chosen.map((word) => (firstLetter(word) ?? '').toLocaleUpperCase('en')).join('');
}

/** What is shown with names hidden: initials and the number, e.g. `L. F., 20366`. */
export function discreetName(name: string, number: string | undefined): string {
  const dotted = [...segments(initials(name))].map((letter) => `${letter}.`).join(' ');
  return number ? `${dotted}, ${number}` : dotted;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
const segments = (text: string): string[] => [...segmenter.segment(text)].map((part) => part.segment);
const firstLetter = (word: string): string | undefined => segments(word)[0];
