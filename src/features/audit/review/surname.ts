import { foldName } from '../../../platform/directory/fold-name.js';

/** True when two names end alike, whatever their accents and capitals. A single word is no surname. */
export function sameSurname(one: string, other: string): boolean {
  const surname = surnameOf(one);
  return surname !== undefined && surname === surnameOf(other);
}

function surnameOf(name: string): string | undefined {
  const words = foldName(name).split(' ').filter(Boolean);
  return words.length < 2 ? undefined : words[words.length - 1];
}
