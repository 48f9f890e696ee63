import { text, type HelperFactory } from './helper.js';

/** `{{initials "Ines Calloway"}}` is `IC`: first letters of the first and the last word, as shown in the arch. */
export const initials: HelperFactory = () => (name: unknown) => initialsOf(text('initials', name));

export function initialsOf(name: string): string {
  const words = name.split(/[\s\u00a0]+/u).filter((word) => /\p{L}|\p{N}/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen
    .map((word) => /\p{L}\p{M}*|\p{N}/u.exec(word ?? '')?.[0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
