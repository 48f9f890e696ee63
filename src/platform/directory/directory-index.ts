import type { DirectoryEntry } from './directory-source.js';
import { foldName, nameWords } from './fold-name.js';

interface Indexed {
  readonly entry: DirectoryEntry;
  /** The words of the name, each with a space before it, so that a beginning of a word is one `includes`. */
  readonly words: string;
  readonly number: string;
}

/** Entries by id and in name order. */
export class DirectoryIndex {
  private readonly byId = new Map<string, Indexed>();
  private readonly unsorted: Indexed[] = [];
  private readonly ordered: Indexed[] = [];

  get size(): number {
    return this.byId.size;
  }

  get(id: string): DirectoryEntry | undefined {
    return this.byId.get(id)?.entry;
  }

  put(entry: DirectoryEntry): void {
    this.remove(entry.id);
    const indexed = {
      entry,
      words: ` ${nameWords(entry.displayName).join(' ')}`,
      number: entry.number === undefined ? '' : foldName(entry.number),
    };
    this.byId.set(entry.id, indexed);
    this.unsorted.push(indexed);
  }

  remove(id: string): void {
    const known = this.byId.get(id);
    if (!known) return;
    this.sort();
    this.byId.delete(id);
    this.ordered.splice(this.placeOf(known), 1);
  }

  /** Entries in name order behind `after` that have all words of `query`, or whose number begins with it. */
  *matching(query: string, after?: DirectoryEntry): Generator<DirectoryEntry> {
    this.sort();
    const folded = foldName(query);
    const words = folded.split(' ').filter(Boolean);
    const known = after && this.byId.get(after.id);
    // A copy would cost more than the scan: nothing runs between two steps of a generator that is drained at once.
    for (let at = known ? this.placeOf(known) + 1 : 0; at < this.ordered.length; at++) {
      const indexed = this.ordered[at];
      const named = words.every((word) => indexed.words.includes(` ${word}`));
      if (named || indexed.number.startsWith(folded)) yield indexed.entry;
    }
  }

  /** New entries go in one by one when they are few, and by one sort when they are many. */
  private sort(): void {
    const fresh = this.unsorted.splice(0);
    if (fresh.length > 64) {
      for (const indexed of fresh) this.ordered.push(indexed);
      this.ordered.sort(byName);
      return;
    }
    for (const indexed of fresh) this.ordered.splice(this.placeOf(indexed), 0, indexed);
  }

  /** The first place whose entry is not before `indexed`. */
  private placeOf(indexed: Indexed): number {
    let low = 0;
    let high = this.ordered.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (byName(this.ordered[middle], indexed) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** By name, then by id, so that namesakes keep one order. */
function byName(a: Indexed, b: Indexed): number {
  if (a.entry.sortKey !== b.entry.sortKey) return a.entry.sortKey < b.entry.sortKey ? -1 : 1;
  return a.entry.id < b.entry.id ? -1 : Number(a.entry.id > b.entry.id);
}
