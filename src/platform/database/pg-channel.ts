import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface PgChannelOptions {
  readonly connection: pg.ClientConfig;
  /** Name of the channel: lower-case letters and underscores. */
  readonly channel: string;
  readonly onNotification: (payload: string) => void;
  /** After a lost connection: notifications may have been missed, look at everything again. */
  readonly onResync: () => void;
  /** A connection was lost or could not be made again; it keeps trying. */
  readonly onTrouble?: (error: Error) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const HEARTBEAT_MS = 20_000;
const HEARTBEAT_ANSWER_MS = 5_000;

/** Listens on one NOTIFY channel over a connection of its own, and comes back by itself when that breaks. */
export class PgChannel {
  private client: pg.Client | null = null;
  private heartbeat: NodeJS.Timeout | undefined;
  private readonly stopped = new AbortController();

  constructor(private readonly options: PgChannelOptions) {
    if (!/^[a-z_]{1,60}$/.test(options.channel)) throw new Error(`not a channel name: ${options.channel}`);
  }

  /** Resolves when listening. @throws what the connection throws; a later loss is mended silently. */
  async start(): Promise<void> {
    await this.connect();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    clearInterval(this.heartbeat);
    const { client } = this;
    this.client = null;
    await client?.end();
  }

  private async connect(): Promise<void> {
    const client = new pg.Client(this.options.connection);
    client.on('notification', ({ payload }) => this.options.onNotification(payload ?? ''));
    client.on('error', (error) => this.lost(client, error));
    client.on('end', () => this.lost(client, new Error('the connection ended')));
    try {
      await client.connect();
      await client.query(`LISTEN ${this.options.channel}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    this.client = client;
    if (this.stopped.signal.aborted) await this.stop();
    else this.beat(client);
  }

  /** A peer that vanished without a word would leave us listening to nothing; an answer proves that it is there. */
  private beat(client: pg.Client): void {
    clearInterval(this.heartbeat);
    this.heartbeat = setInterval(() => {
      client
        .query({ text: 'select 1', query_timeout: HEARTBEAT_ANSWER_MS } as pg.QueryConfig)
        .catch((error: Error) => this.lost(client, error));
    }, HEARTBEAT_MS);
    this.heartbeat.unref();
  }

  private lost(client: pg.Client, error: Error): void {
    if (this.client !== client) return;
    this.client = null;
    clearInterval(this.heartbeat);
    if (this.stopped.signal.aborted) return;
    this.options.onTrouble?.(error);
    client.end().catch((failure: Error) => this.options.onTrouble?.(failure));
    void this.reconnect();
  }

  private async reconnect(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.stopped.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        // Spread out, so that many processes do not all come back at the same moment.
        await sleep(pause * (0.5 + Math.random()), undefined, { signal: this.stopped.signal });
        await this.connect();
        if (!this.stopped.signal.aborted) this.options.onResync();
        return;
      } catch (error) {
        if (this.stopped.signal.aborted) return;
        this.options.onTrouble?.(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }
}
