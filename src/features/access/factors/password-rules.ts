/** Shortest password when it is the only factor, and when a second factor stands beside it (NIST SP 800-63B-4, 3.1.1.2). */
export const SHORTEST_ALONE = 15;
export const SHORTEST_WITH_SECOND_FACTOR = 8;
/** Well above the 64 that must be accepted; a bound so that hashing cannot be abused. In characters (code points). */
export const LONGEST = 256;

export interface PasswordContext {
  readonly secondFactor: boolean;
  /** Words an attacker tries first for this person here: practice name, email, own name. */
  readonly words: readonly string[];
  /** Passwords known from breaches, case-folded. */
  readonly common: ReadonlySet<string>;
}

/**
 * What is wrong with a new password, as an i18n key that says what to do, or `undefined` when it is fine. No rules of composition and
 * no expiry: they make passwords worse. The whole password is compared, never a part of it.
 */
export function passwordFault(password: string, context: PasswordContext): string | undefined {
  const length = lengthOf(password);
  if (length > LONGEST) return 'access:password.fault.long';
  if (length < (context.secondFactor ? SHORTEST_WITH_SECOND_FACTOR : SHORTEST_ALONE))
    return context.secondFactor ? 'access:password.fault.short-with-code' : 'access:password.fault.short';
  const folded = fold(password);
  if (context.common.has(folded) || context.common.has(withoutEnds(folded))) return 'access:password.fault.common';
  if (isMonotonous(folded)) return 'access:password.fault.pattern';
  if (isBuiltFrom(folded, context.words)) return 'access:password.fault.context';
  return undefined;
}

/** Characters as people count them, not bytes or UTF-16 halves. */
export const lengthOf = (password: string): number => Array.from(password).length;

/** How passwords are compared with lists and stored: NFC, so that the same keys give the same bytes on every system. */
export const normalise = (password: string): string => password.normalize('NFC');

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();

/** `Password2024!` is `password` to everybody who guesses. */
const withoutEnds = (text: string): string => text.replace(/^[^a-z]+/, '').replace(/[^a-z]+$/, '');

/** One short piece again and again, or a run along the alphabet or the digits. */
function isMonotonous(text: string): boolean {
  if (/^(.{1,4})\1+.{0,3}$/su.test(text)) return true;
  const codes = Array.from(text, (sign) => sign.codePointAt(0) ?? 0);
  const steps = codes.slice(1).map((code, index) => code - codes[index]);
  // 9 to 0 counts as one step, so that 1234567890123456 is a run.
  return [1, -1].some((way) => steps.every((step) => step === way || step === -9 * way));
}

/** Nothing is left but digits and signs once the words are taken out. */
function isBuiltFrom(text: string, words: readonly string[]): boolean {
  const parts = [...new Set(words.flatMap((word) => [fold(word), ...fold(word).split(/[^\p{L}\p{N}]+/u)]))]
    .filter((part) => part.length >= 3)
    .sort((a, b) => b.length - a.length);
  let rest = text;
  for (const part of parts) rest = rest.replaceAll(part, '');
  return rest !== text && rest.replaceAll(/[^\p{L}]/gu, '') === '';
}
