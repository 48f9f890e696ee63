import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

const PREFIX = 'cnry';

/** Words nobody writes by chance, one per place they are put, and where they turn up again, in whatever spelling. */
export class Canaries {
  private readonly byKind = new Map<string, string>();
  /** Secrets the application made itself, which must turn up nowhere either. */
  private readonly taken = new Map<string, string>();

  /** The canary of this place; the same each time. */
  of(kind: string): string {
    const known = this.byKind.get(kind);
    if (known !== undefined) return known;
    const made = `${PREFIX}${randomBytes(10).toString('hex')}`;
    this.byKind.set(kind, made);
    return made;
  }

  /** Looks for this as well: a link, a key, a code that was shown once. */
  take(kind: string, value: string): string {
    if (value.length < 8) throw new Error(`${kind} is too short to be told from chance`);
    this.taken.set(kind, value);
    return value;
  }

  get kinds(): string[] {
    return [...this.byKind.keys(), ...this.taken.keys()];
  }

  /** The kinds whose canary is in a text: as it is, in capitals, percent-encoded, in base64, in hex, or inside gzip. */
  in(text: string): string[] {
    if (!text) return [];
    const found = this.inPlain(text);
    for (const inner of unpacked(text)) for (const kind of this.inPlain(inner)) found.add(kind);
    return [...found];
  }

  private inPlain(text: string): Set<string> {
    const lower = text.toLowerCase();
    const at = (words: ReadonlyMap<string, string>): string[] =>
      [...words].filter(([, word]) => isIn(word, text, lower)).map(([kind]) => kind);
    // Almost no text holds anything that begins like a canary.
    return new Set([...at(this.taken), ...(isIn(PREFIX, text, lower) ? at(this.byKind) : [])]);
  }
}

function isIn(word: string, text: string, lower: string): boolean {
  const hex = Buffer.from(word).toString('hex');
  return (
    lower.includes(word.toLowerCase()) ||
    lower.includes(hex) ||
    lower.includes(hex.replace(/../g, '%$&')) ||
    base64Parts(word).some((part) => text.includes(part))
  );
}

/** What of a word stands in base64, whatever is before and after it. */
function base64Parts(word: string): string[] {
  return [0, 1, 2].map((shift) => {
    const whole = Buffer.from(`${' '.repeat(shift)}${word}`)
      .toString('base64')
      .replace(/=+$/, '');
    return whole.slice(shift === 0 ? 0 : shift + 1, -2);
  });
}

/** What gzip in the text holds, where it stands in base64 or hex; bytea columns are printed in hex. */
function unpacked(text: string): string[] {
  const packed = [
    ...Array.from(text.matchAll(/H4sI[\w+/-]{20,}/g), ([part]) => Buffer.from(part, 'base64')),
    ...Array.from(text.matchAll(/1f8b08[0-9a-f]{30,}/gi), ([part]) => Buffer.from(part, 'hex')),
  ];
  return packed.flatMap((bytes) => gunzipped(bytes));
}

/** Nothing when it only looked like gzip; what could be read when it is cut off. */
function gunzipped(bytes: Buffer): string[] {
  try {
    return [gunzipSync(bytes, { finishFlush: 2 }).toString('utf8')];
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) return [];
    throw error;
  }
}
