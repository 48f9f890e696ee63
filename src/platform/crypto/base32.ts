/** Crockford's alphabet: no I, L, O or U, so that what is read aloud or copied by hand stays unambiguous. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LOOKALIKES: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' };

/** Bytes to digits 0..31, five bits each, the last one padded with zero bits. */
export function toDigits(bytes: Uint8Array): number[] {
  const digits: number[] = [];
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      digits.push((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) digits.push((held << (5 - bits)) & 31);
  return digits;
}

/** The reverse; bits beyond the last whole byte are dropped. */
export function fromDigits(digits: readonly number[]): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const digit of digits) {
    held = (held << 5) | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
    }
    held &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

export const digitsToText = (digits: readonly number[]): string => digits.map((digit) => ALPHABET[digit]).join('');

/** Text as typed (any case, O for 0, I and L for 1) to digits, or undefined when a character is none of the alphabet. */
export function textToDigits(text: string): number[] | undefined {
  const digits = [...text.toUpperCase()].map((letter) => ALPHABET.indexOf(LOOKALIKES[letter] ?? letter));
  return digits.includes(-1) ? undefined : digits;
}

/** Multiplication in the field of 32 elements (x^5 + x^2 + 1), where every digit but 0 has an inverse. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 5; bit++) {
    if (b & (1 << bit)) product ^= a << bit;
  }
  for (let bit = 8; bit >= 5; bit--) {
    if (product & (1 << bit)) product ^= 0b100101 << (bit - 5);
  }
  return product;
}

/**
 * The check digit of a group of up to 30 digits at a position (0-based): finds every single wrong digit, every two digits exchanged,
 * and a whole group typed at another position (up to 32 places away).
 */
export const checkDigit = (digits: readonly number[], position: number): number =>
  digits.reduce((sum, digit, at) => sum ^ times(digit, at + 2), position % 32);
