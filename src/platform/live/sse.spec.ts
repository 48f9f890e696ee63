import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Request, Response } from 'express';
import { LiveBus, type LiveSignal } from './live-bus.js';
import type { SessionHold } from '../access/living-sessions.js';
import type { Principal } from '../access/principal.js';
import type { SessionWatch } from './session-watch.js';
import { SseStreams } from './sse.js';

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

class FakeResponse extends EventEmitter {
  code = 0;
  text = '';
  ended = false;
  writableLength = 0;
  headers: Record<string, string> = {};
  status(code: number): this {
    this.code = code;
    return this;
  }
  set(headers: Record<string, string>): this {
    Object.assign(this.headers, headers);
    return this;
  }
  flushHeaders(): void {}
  write(text: string): void {
    this.text += text;
  }
  end(): void {
    this.ended = true;
  }
}

const request = () => Object.assign(new EventEmitter(), { socket: { destroy: jest.fn(), destroyed: false } });

describe('server-sent events', () => {
  const bus = new MemoryBus();
  let streams: SseStreams;
  const watched = new Map<string, () => void>();
  const watch: Pick<SessionWatch, 'watch'> = {
    watch: (hold: SessionHold, end: () => void) => {
      watched.set(hold.ref, end);
      return () => void watched.delete(hold.ref);
    },
  };
  beforeEach(() => {
    jest.useFakeTimers();
    watched.clear();
    streams = new SseStreams(bus, watch as unknown as SessionWatch);
  });
  afterEach(() => {
    streams.beforeApplicationShutdown();
    jest.useRealTimers();
  });

  const open = (owner = 'account:1', topics = ['waiting:1'], alive?: () => Promise<void>) => {
    const from = request();
    const to = new FakeResponse();
    streams.start(from as unknown as Request, to as unknown as Response, {
      owner,
      topics,
      first: ['waiting'],
      ...(alive ? { alive } : {}),
    });
    return { from, to };
  };

  it('sends the first event, then one per signal of its topics and none of others', async () => {
    const { to } = open();
    expect(to.headers['Cache-Control']).toContain('no-store');
    expect(to.text.match(/data: {"event":"waiting"}\n\n/g)).toHaveLength(1);
    await bus.publish('waiting:1', 'waiting');
    await bus.publish('waiting:2', 'waiting');
    expect(to.text.match(/data: {"event":"waiting"}\n\n/g)).toHaveLength(2);
  });

  it('says "look again" when signals may have been missed', () => {
    const { to } = open();
    bus.resync();
    expect(to.text.match(/data: {"event":"waiting"}\n\n/g)).toHaveLength(2);
  });

  it('beats every 15 seconds and ends before a minute is over', async () => {
    let beats = 0;
    const { to } = open('account:1', [], () => Promise.resolve(void beats++));
    await jest.advanceTimersByTimeAsync(46_000);
    expect(to.text.match(/: alive/g)).toHaveLength(3);
    expect(beats).toBe(4);
    expect(to.ended).toBe(false);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(to.ended).toBe(true);
    expect(streams.count).toBe(0);
  });

  it('does not begin for a reader who went while access was being checked', () => {
    const from = request();
    from.socket.destroyed = true;
    const to = new FakeResponse();
    const options = { owner: 'account:1', topics: ['waiting:1'] };
    streams.start(from as unknown as Request, to as unknown as Response, options);
    expect([to.code, streams.count, bus.emitter.listenerCount('waiting:1')]).toEqual([0, 0, 0]);
  });

  it('ends when the reader goes, when the reader takes nothing, when `alive` fails and on shutdown; and listens no more', async () => {
    const gone = open();
    gone.to.emit('close');
    const stuck = open();
    stuck.to.writableLength = 70_000;
    await bus.publish('waiting:1', 'waiting');
    const refused = open('account:2', ['waiting:1'], () => Promise.reject(new Error('not any more')));
    await jest.advanceTimersByTimeAsync(1);
    const last = open();
    streams.beforeApplicationShutdown();
    for (const { to } of [gone, stuck, refused, last]) expect(to.ended).toBe(true);
    expect(stuck.from.socket.destroy).toHaveBeenCalled();
    expect(bus.emitter.listenerCount('waiting:1')).toBe(0);
    expect(open().to.code).toBe(503);
  });

  it('ends with the session of its reader and with what its topics say, and lets go of both', async () => {
    const from = request();
    const to = new FakeResponse();
    const who = { kind: 'user', id: '1', sessionId: 'one', permissions: new Set<string>() } satisfies Principal;
    streams.start(from as unknown as Request, to as unknown as Response, { owner: 'account:1', topics: [], who });
    watched.get('one')?.();
    expect([to.ended, watched.size, streams.count]).toEqual([true, 0, 0]);

    const door = new FakeResponse();
    streams.start(request() as unknown as Request, door as unknown as Response, {
      owner: 'arrival:1',
      topics: [],
      endedBy: ['link:1'],
    });
    await bus.publish('link:2', 'ended');
    expect(door.ended).toBe(false);
    await bus.publish('link:1', 'ended');
    expect([door.ended, bus.emitter.listenerCount('link:1')]).toEqual([true, 0]);
  });

  it('gives one owner twelve streams and frees a place when one ends', () => {
    const held = Array.from({ length: 12 }, () => open());
    expect(held.every(({ to }) => to.code === 200)).toBe(true);
    expect(open().to.code).toBe(503);
    expect(open('account:2').to.code).toBe(200);
    held[0].to.emit('close');
    expect(open().to.code).toBe(200);
  });
});
