import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { clientConfigOf } from '../database/data-source.js';
import { PgChannel } from '../database/pg-channel.js';
import { isDatabaseGone } from '../database/database-gone.js';
import { newId } from '../ids.js';
import { LOG, type Log } from '../logging/log.js';
import { LiveBus, type LiveSignal } from './live-bus.js';
import { LiveListeners } from './live-listeners.js';

const CHANNEL = 'alcove_live';
/** NOTIFY takes 7,999 bytes at most. */
const LARGEST_NOTIFY = 7_000;
const LARGEST_SIGNAL = 1024 * 1024;
const SPOOL_AGE_S = 60;

type Data = Readonly<Record<string, string>>;
/** Runs one statement, inside a transaction or not. */
type Run = (text: string, values: unknown[]) => Promise<unknown>;

/** Signals by NOTIFY on the server's own PostgreSQL: every process on the database hears every signal once, in order of commit. */
@Injectable()
export class PgLiveBus extends LiveBus implements OnModuleInit, OnApplicationShutdown {
  private readonly listeners: LiveListeners;
  private readonly channel: PgChannel;
  private sweeper: NodeJS.Timeout | undefined;
  private spooled = true;
  /** Signals are handed on one after another, since the body of a large one takes a query of its own. */
  private handled: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOG) private readonly log: Log,
  ) {
    super();
    this.listeners = new LiveListeners((error) => log.error({ err: error }, 'live: a listener failed'));
    this.channel = new PgChannel({
      connection: clientConfigOf(dataSource, 'alcove: live'),
      channel: CHANNEL,
      onNotification: (payload) => this.receive(payload),
      onResync: () => this.resync(),
      onTrouble: (error) => log.warn({ err: error }, 'live: the connection is lost, trying again'),
    });
  }

  async onModuleInit(): Promise<void> {
    await this.channel.start();
    this.sweeper = setInterval(() => void this.sweep(), SPOOL_AGE_S * 1_000);
    this.sweeper.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeper);
    await this.channel.stop();
    await this.handled;
  }

  async publishInside(manager: EntityManager, topic: string, event: string, data: Data = {}): Promise<void> {
    await this.send((text, values) => manager.query(text, values), { topic, event, data });
  }

  async publish(topic: string, event: string, data: Data = {}): Promise<void> {
    await this.send((text, values) => this.dataSource.query(text, values), { topic, event, data });
  }

  subscribe(topic: string, listener: (signal: LiveSignal) => void): () => void {
    return this.listeners.add(topic, listener);
  }

  private async send(run: Run, signal: LiveSignal): Promise<void> {
    const body = JSON.stringify(signal);
    const size = Buffer.byteLength(body);
    if (size <= LARGEST_NOTIFY) {
      await run('select pg_notify($1, $2)', [CHANNEL, body]);
      return;
    }
    if (size > LARGEST_SIGNAL) throw new RangeError(`a live signal may have ${LARGEST_SIGNAL} bytes, not ${size}`);
    this.spooled = true;
    await run(
      `with spooled as (insert into kernel.live_spool (id, body) values ($2, $3) returning id)
       select pg_notify($1, json_build_object('spooled', id)::text) from spooled`,
      [CHANNEL, newId(), body],
    );
  }

  private receive(payload: string): void {
    this.handled = this.handled.then(() => this.handle(payload));
  }

  private async handle(payload: string): Promise<void> {
    try {
      const message = JSON.parse(payload) as LiveSignal | { spooled: string };
      const signal = 'spooled' in message ? await this.unspool(message.spooled) : message;
      if (signal) this.listeners.tell(signal);
    } catch (error) {
      this.log.error({ err: error }, 'live: a signal could not be read');
    }
  }

  /** Null when the row is gone already: swept, or lost with a crash. */
  private async unspool(id: string): Promise<LiveSignal | null> {
    const rows = (await this.dataSource.query('select body from kernel.live_spool where id = $1', [id])) as {
      body: string;
    }[];
    return rows[0] ? (JSON.parse(rows[0].body) as LiveSignal) : null;
  }

  private resync(): void {
    this.log.info('live: the connection is back');
    for (const listener of this.resyncListeners) {
      try {
        listener();
      } catch (error) {
        this.log.error({ err: error }, 'live: a listener failed to catch up');
      }
    }
  }

  /** Only after something was spooled here (or by a process that is gone: once after the start). */
  private async sweep(): Promise<void> {
    if (!this.spooled) return;
    this.spooled = false;
    try {
      await this.dataSource.query(
        `delete from kernel.live_spool where created_at < now() - make_interval(secs => $1)`,
        [SPOOL_AGE_S],
      );
    } catch (error) {
      this.spooled = true;
      if (!isDatabaseGone(error)) this.log.warn({ err: error }, 'live: the spool could not be swept');
    }
  }
}
