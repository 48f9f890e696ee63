import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { scale, seededRandom } from '../../../test/scale.js';
import { LiveBus, type LiveSignal } from '../live/live-bus.js';
import type { DirectoryEntry, DirectorySource } from './directory-source.js';
import { Directory } from './directory.js';
import { foldName } from './fold-name.js';

class FakeBus extends LiveBus {
  private readonly listeners = new Map<string, (signal: LiveSignal) => void>();
  async publishInside(_: EntityManager | null, topic: string, event: string, data = {}): Promise<void> {
    await this.publish(topic, event, data);
  }
  publish(topic: string, event: string, data = {}): Promise<void> {
    this.listeners.get(topic)?.({ topic, event, data });
    return Promise.resolve();
  }
  subscribe(topic: string, listener: (signal: LiveSignal) => void): () => void {
    this.listeners.set(topic, listener);
    return () => void this.listeners.delete(topic);
  }
  loseAndRegain(): void {
    for (const listener of this.resyncListeners) listener();
  }
}

class FakeSource implements DirectorySource {
  readonly entries = new Map<string, DirectoryEntry>();
  readonly calls: string[] = [];
  failures = 0;
  /** Runs in the middle of a full read. */
  meanwhile: () => void = () => undefined;

  add(...entries: DirectoryEntry[]): this {
    for (const entry of entries) this.entries.set(entry.id, entry);
    return this;
  }
  async *loadAll(): AsyncIterable<DirectoryEntry> {
    this.calls.push('all');
    const snapshot = [...this.entries.values()];
    await this.mayFail();
    this.meanwhile();
    yield* snapshot;
  }
  async load(ids: readonly string[]): Promise<DirectoryEntry[]> {
    this.calls.push(ids.join());
    await this.mayFail();
    return ids.flatMap((id) => this.entries.get(id) ?? []);
  }
  private async mayFail(): Promise<void> {
    await Promise.resolve();
    if (this.failures > 0) {
      this.failures--;
      throw new Error('Maria Garcia is in the message of this error');
    }
  }
}

const person = (id: string, displayName: string, more: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  id,
  kinds: ['client'],
  displayName,
  sortKey: foldName(displayName.split(' ').reverse().join(' ')),
  initials: displayName[0],
  timeZone: 'America/Chicago',
  status: 'active',
  clinicianIds: [],
  ...more,
});
const everyone = () => true;
const ids = (entries: readonly DirectoryEntry[]) => entries.map(({ id }) => id).join('');

let bus: FakeBus;
let source: FakeSource;
let directory: Directory;
beforeEach(async () => {
  bus = new FakeBus();
  source = new FakeSource().add(
    person('a', 'Zoë Ångström', { number: '1002' }),
    person('b', "Anne-Marie O'Brien", { number: '1003', clinicianIds: ['k'] }),
    person('c', 'Maria Garcia', { number: '2001' }),
    person('d', 'Mario Garcia-Lorca'),
    person('k', 'Nora Ellis', { kinds: ['clinician', 'staff'] }),
  );
  directory = new Directory(bus);
  directory.setSource(source);
  await directory.ready;
});
afterEach(() => directory.onApplicationShutdown());

describe('lists', () => {
  it('are in name order, in pages that follow on from each other', () => {
    const first = directory.page({ allowed: everyone, limit: 2 });
    expect(ids(first.entries)).toBe('ak');
    const second = directory.page({ allowed: everyone, limit: 2, after: first.next ?? '' });
    expect(ids(second.entries)).toBe('cd');
    const third = directory.page({ allowed: everyone, limit: 2, after: second.next ?? '' });
    expect([ids(third.entries), third.next]).toEqual(['b', null]);
  });

  it('show only the kind asked for and only what the rule allows', () => {
    expect(ids(directory.page({ allowed: everyone, kind: 'clinician', limit: 9 }).entries)).toBe('k');
    const mine = (entry: DirectoryEntry) => entry.clinicianIds.includes('k');
    expect(directory.page({ allowed: mine, kind: 'client', limit: 1 })).toEqual({
      entries: [directory.get('b')],
      next: null,
    });
  });

  it('do not tell where somebody hidden stands: their id, like an unknown one, starts at the beginning', () => {
    const allowed = ({ id }: DirectoryEntry) => id !== 'c';
    expect(ids(directory.page({ allowed, limit: 9, after: 'c' }).entries)).toBe('akdb');
    expect(ids(directory.page({ allowed, limit: 9, after: 'nobody' }).entries)).toBe('akdb');
  });
});

describe('search', () => {
  it.each([
    ['zoe', 'a'],
    ['ANGSTROM', 'a'],
    ['angs zo', 'a'],
    ['gar', 'cd'],
    ['mari gar', 'cd'],
    ['lorca', 'd'],
    ['obrien', 'b'],
    ["o'b", 'b'],
    ['marie', 'b'],
    ['100', 'ab'],
    ['2001', 'c'],
    ['arcia', ''],
    ['001', ''],
    ['  ', ''],
  ])('for "%s" finds [%s]', (text, expected) => {
    expect(ids(directory.search(text, everyone, 9))).toBe(expected);
  });

  it('keeps to the rule and the limit', () => {
    expect(ids(directory.search('gar', ({ id }) => id === 'd', 9))).toBe('d');
    expect(ids(directory.search('gar', everyone, 1))).toBe('c');
  });
});

describe('keeping up', () => {
  const settled = () => directory.refresh([]);

  it('reads a changed, a new and a vanished person again, several signals at once', async () => {
    source.add(person('c', 'Abel Aaron'), person('n', 'New Person'));
    source.entries.delete('a');
    for (const id of ['c', 'n', 'a']) await bus.publish('directory', 'changed', { id });
    await settled();
    expect(source.calls).toEqual(['all', 'c,n,a']);
    expect(ids(directory.page({ allowed: everyone, limit: 9 }).entries)).toBe('ckdbn');
    expect([directory.name('a'), directory.name('c')]).toEqual([null, 'Abel Aaron']);
  });

  it('tells the others through the transaction of the change', async () => {
    const said: unknown[] = [];
    bus.publishInside = (...args) => Promise.resolve(void said.push(args));
    await directory.changed('manager' as unknown as EntityManager, 'c');
    expect(said).toEqual([['manager', 'directory', 'changed', { id: 'c' }]]);
  });

  it('misses nobody who changes while everybody is being read', async () => {
    source.meanwhile = () => {
      source.meanwhile = () => undefined;
      source.add(person('c', 'Changed Meanwhile'));
      void bus.publish('directory', 'changed', { id: 'c' });
    };
    await directory.resync();
    expect(directory.name('c')).toBe('Changed Meanwhile');
  });

  it('reads everybody again after signals were lost, answering from what it has meanwhile', async () => {
    source.entries.delete('a');
    source.add(person('c', 'Changed Silently'));
    bus.loseAndRegain();
    expect(directory.name('c')).toBe('Maria Garcia');
    await settled();
    expect([directory.name('a'), directory.name('c')]).toEqual([null, 'Changed Silently']);
  });

  it('tries again when the database was away, and says so without names', async () => {
    source.failures = 2;
    source.add(person('c', 'Changed Later'));
    await bus.publish('directory', 'changed', { id: 'c' });
    await settled();
    expect(directory.name('c')).toBe('Maria Garcia');
    expect(directory.state()).toEqual({ loaded: true, entries: 5, failures: 1 });
    for (let waited = 0; waited < 5_000 && directory.state().failures > 0; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(directory.name('c')).toBe('Changed Later');
  });
});

it('is not ready before its first full read, and takes one source only', async () => {
  const other = new Directory(bus);
  let ready = false;
  void other.ready.then(() => (ready = true));
  await new Promise(setImmediate);
  expect([ready, other.state().loaded]).toEqual([false, false]);
  other.setSource(source);
  expect(() => other.setSource(source)).toThrow(/already/);
  await other.ready;
  expect(other.state()).toEqual({ loaded: true, entries: 5, failures: 0 });
  await other.onApplicationShutdown();
});

it('holds a large practice: each page once, every search complete, changes in place', async () => {
  const random = seededRandom(11);
  const syllables = ['ka', 'lo', 'mi', 'na', 'ru', 'se', 'ti', 'vo'];
  const word = () => Array.from({ length: 3 }, () => syllables[Math.floor(random() * 8)]).join('');
  const large = new FakeSource();
  for (let at = 0; at < scale.directoryEntries; at++) {
    large.add(person(`p${at}`, `${word()} ${word()}`, { number: String(at), clinicianIds: [`k${at % 200}`] }));
  }
  const other = new Directory(new FakeBus());
  other.setSource(large);
  await other.ready;
  const mine = (entry: DirectoryEntry) => entry.clinicianIds.includes('k7');
  const seen: DirectoryEntry[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 100; pages++) {
    const page = other.page({ allowed: mine, limit: 50, after });
    seen.push(...page.entries);
    if (page.next === null) break;
    after = page.next;
  }
  expect(new Set(seen.map(({ id }) => id)).size).toBe(scale.directoryEntries / 200);
  expect(seen.map(({ sortKey }) => sortKey)).toEqual(seen.map(({ sortKey }) => sortKey).sort());
  const naive = [...large.entries.values()].filter(({ displayName }) => / ?kalomi/.test(displayName)).length;
  expect(other.search('kalomi', everyone, scale.directoryEntries)).toHaveLength(naive);
  expect(naive).toBeGreaterThan(0);
  const last = seen[seen.length - 1];
  large.add({ ...last, sortKey: '' });
  await other.refresh([last.id]);
  expect(other.page({ allowed: everyone, limit: 1 }).entries[0].id).toBe(last.id);
  expect(other.state().entries).toBe(scale.directoryEntries);
  await other.onApplicationShutdown();
});
