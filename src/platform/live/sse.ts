import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../access/principal.js';
import { LiveBus } from './live-bus.js';
import { SessionWatch } from './session-watch.js';

const HEARTBEAT_MS = 15_000;
/** A stream ends by itself after this time and the browser opens the next one, which is checked again, whatever else failed. */
const LIFETIME_MS = 55_000;
/** The browser waits this long before it opens the next stream. */
const RETRY_MS = 1_000;
const MAX_STREAMS = 5_000;
const MAX_STREAMS_PER_OWNER = 12;
/** A reader that takes nothing for this many bytes is gone. */
const MAX_UNSENT_BYTES = 64 * 1024;

export interface SseOptions {
  /** Whose stream it is, e.g. `account:<id>` or `arrival:<id>`: bounds how many one reader can hold. */
  readonly owner: string;
  readonly topics: readonly string[];
  /** The signed-in reader, where there is one: the stream ends with their session and their rights. */
  readonly who?: Principal;
  /** Topics whose signals end the stream. */
  readonly endedBy?: readonly string[];
  /** Events sent at once, so that nothing that happened between two streams is missed. */
  readonly first?: readonly string[];
  /** Called at the start and at each heartbeat while the reader is there. Errors end the stream. */
  readonly alive?: () => Promise<void>;
}

/**
 * Server-sent events from the live bus: each signal of the topics becomes a message that carries its name and nothing
 * else ("look again"), so that a stream can never show what its page may not; `live.js` turns it into `alcove:<name>` on the page. Bounded in number, size and age; all are closed on shutdown.
 */
@Injectable()
export class SseStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<() => void>();
  private readonly owners = new Map<string, number>();
  private closing = false;

  constructor(
    private readonly bus: LiveBus,
    private readonly sessions: SessionWatch,
  ) {}

  /** Answers `request` with a stream, or with 503 when there are too many; access was checked by the caller. */
  start(request: Request, response: Response, options: SseOptions): void {
    // Gone while access was being checked: what closes a stream has happened already, so it must not begin.
    if (request.socket.destroyed) return;
    const held = this.owners.get(options.owner) ?? 0;
    if (this.closing || this.open.size >= MAX_STREAMS || held >= MAX_STREAMS_PER_OWNER) {
      response.status(503).set('Retry-After', '5').end();
      return;
    }
    response.status(200).set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store, no-transform',
      // Proxies that buffer (nginx) would hold signals back.
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.owners.set(options.owner, held + 1);
    this.run(request, response, options);
  }

  get count(): number {
    return this.open.size;
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
    for (const close of this.open) close();
  }

  private run(request: Request, response: Response, options: SseOptions): void {
    const send = (text: string): void => {
      if (response.writableLength > MAX_UNSENT_BYTES) close();
      else response.write(text);
    };
    const beat = (): void => {
      options.alive?.().catch(close);
    };
    const lookAgain = (): void => {
      for (const event of options.first ?? []) send(eventText(event));
    };
    const stops = options.topics.map((topic) => this.bus.subscribe(topic, (signal) => send(eventText(signal.event))));
    stops.push(this.bus.onResync(lookAgain));
    for (const topic of options.endedBy ?? []) stops.push(this.bus.subscribe(topic, () => close()));
    const heartbeat = setInterval(() => {
      send(': alive\n\n');
      beat();
    }, HEARTBEAT_MS);
    const lifetime = setTimeout(() => close(), LIFETIME_MS);
    const close = (): void => {
      if (!this.open.delete(close)) return;
      clearInterval(heartbeat);
      clearTimeout(lifetime);
      for (const stop of stops) stop();
      const left = (this.owners.get(options.owner) ?? 1) - 1;
      if (left > 0) this.owners.set(options.owner, left);
      else this.owners.delete(options.owner);
      response.end();
      // A reader that does not read would keep the socket for ever.
      if (response.writableLength > MAX_UNSENT_BYTES) request.socket.destroy();
    };
    this.open.add(close);
    // The response closes with the connection, whatever became of the request before.
    response.once('close', close);
    response.once('error', close);
    const { who } = options;
    if (who?.sessionId) {
      const hold = { ref: who.sessionId, accountId: who.id, permissions: who.permissions };
      stops.push(this.sessions.watch(hold, close, { mayDoze: false }));
    }
    lookAgain();
    beat();
  }
}

/** Event names come from code; anything else could forge lines of the stream. */
function eventText(event: string): string {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(event)) throw new Error('a live event has a name that cannot be streamed');
  return `data: {"event":"${event}"}\n\n`;
}
