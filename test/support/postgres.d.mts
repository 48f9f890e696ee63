import type pg from 'pg';

export interface TestPostgres {
  readonly connection: pg.ClientConfig;
  /** The server's own log; empty unless it was asked for. */
  readonly log: string;
  stop(): Promise<void>;
}

export function startTestPostgres(options?: { logged?: boolean }): Promise<TestPostgres>;
