import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import { KnownSessions } from '../../../test/support/known-sessions.js';
import { LiveBus, type LiveSignal } from './live-bus.js';
import { BLIND_MS, RECHECK_MS, SessionWatch } from './session-watch.js';

class MemoryBus extends LiveBus {
  readonly emitter = new EventEmitter();
  publishInside(): Promise<void> {
    return Promise.reject(new Error('not in this test'));
  }
  publish(topic: string, event: string): Promise<void> {
    this.emitter.emit(topic, { topic, event, data: {} });
    return Promise.resolve();
  }
  subscribe(topic: string, listener: (signal: LiveSignal) => void): () => void {
    this.emitter.on(topic, listener);
    return () => this.emitter.off(topic, listener);
  }
  resync(): void {
    for (const listener of this.resyncListeners) listener();
  }
}

const rights = (...keys: string[]): ReadonlySet<string> => new Set(keys);
const HOUR = 3_600_000;

describe('the watch over sessions', () => {
  let bus: MemoryBus;
  let sessions: KnownSessions;
  let watch: SessionWatch;
  beforeEach(() => {
    jest.useFakeTimers();
    bus = new MemoryBus();
    sessions = new KnownSessions();
    watch = new SessionWatch(sessions, bus, pino({ level: 'silent' }));
  });
  afterEach(() => {
    watch.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const open = (ref: string, options = { mayDoze: false }) => {
    const ended = jest.fn();
    if (!sessions.known.has(ref)) sessions.known.set(ref, { awake: true, permissions: rights('day:read') });
    const stop = watch.watch({ ref, accountId: `of-${ref}`, permissions: rights('day:read') }, ended, options);
    return { ended, stop };
  };
  const soon = (): Promise<void> => jest.advanceTimersByTimeAsync(10);

  it('ends at once when a signal comes and the session is gone, and not because of the signal alone', async () => {
    const one = open('one');
    const other = open('other');
    await bus.publish('account:of-one', 'ended');
    await soon();
    expect(one.ended).not.toHaveBeenCalled();
    sessions.known.set('one', null);
    await bus.publish('session:one', 'ended');
    await soon();
    expect(one.ended).toHaveBeenCalledTimes(1);
    expect(other.ended).not.toHaveBeenCalled();
    expect(bus.emitter.listenerCount('session:one')).toBe(0);
  });

  it('ends when rights were taken or given', async () => {
    const one = open('one');
    sessions.known.set('one', { awake: true, permissions: rights('day:read', 'staff:manage') });
    await bus.publish('account:of-one', 'changed');
    await soon();
    expect(one.ended).toHaveBeenCalledTimes(1);
  });

  it('ends within the round when the signal was lost, with one statement for all', async () => {
    const streams = Array.from({ length: 200 }, (_, index) => open(`s${index}`));
    await soon();
    sessions.asked.length = 0;
    sessions.known.set('s7', null);
    await jest.advanceTimersByTimeAsync(RECHECK_MS);
    expect(sessions.asked).toEqual([200]);
    expect(streams.filter(({ ended }) => ended.mock.calls.length > 0)).toEqual([streams[7]]);
    expect(RECHECK_MS).toBeLessThanOrEqual(30_000);
  });

  it('looks again when signals may have been lost, and when it begins: the session may have ended meanwhile', async () => {
    sessions.known.set('late', null);
    const late = open('late');
    const one = open('one');
    await soon();
    expect(late.ended).toHaveBeenCalledTimes(1);
    sessions.known.set('one', null);
    bus.resync();
    await soon();
    expect(one.ended).toHaveBeenCalledTimes(1);
  });

  it('ends pages of an idle session, and no call', async () => {
    const page = open('one');
    const call = open('one', { mayDoze: true });
    sessions.known.set('one', { awake: false, permissions: rights('day:read') });
    await jest.advanceTimersByTimeAsync(RECHECK_MS);
    expect([page.ended.mock.calls.length, call.ended.mock.calls.length]).toEqual([1, 0]);
  });

  it('bears a database that is away for a moment, and is not blind for long', async () => {
    const { ended } = open('one');
    await soon();
    sessions.broken = new Error('the database is away');
    await jest.advanceTimersByTimeAsync(RECHECK_MS);
    expect(ended).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(60_000 - RECHECK_MS);
    expect(ended).toHaveBeenCalledTimes(1);
    expect(BLIND_MS).toBeGreaterThan(RECHECK_MS);
  });

  it('does nothing at all while nothing is open', async () => {
    const { stop } = open('one');
    await soon();
    stop();
    sessions.asked.length = 0;
    await jest.advanceTimersByTimeAsync(HOUR);
    expect(sessions.asked).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
