import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, Server } from 'node:http';
import pg from 'pg';

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/**
 * Counts what one request asks of PostgreSQL, at the driver, whoever asks: named reads, the ORM, BEGIN and COMMIT alike. The request's
 * asynchronous context tells its statements from those of the background work of the same process.
 */
export class StatementCounter {
  private readonly context = new AsyncLocalStorage<string[]>();
  private readonly original: Query;
  private readonly seen: string[][] = [];
  private readonly begin: (request: IncomingMessage) => void;

  constructor(
    private readonly server: Server,
    path: string,
  ) {
    const { context, seen } = this;
    const prototype = pg.Client.prototype as unknown as { query: Query };
    const original = prototype.query;
    this.original = original;
    prototype.query = function (...args) {
      context.getStore()?.push(nameOf(args[0]));
      return original.apply(this, args);
    };
    this.begin = (request) => {
      if (!request.url?.startsWith(path)) return;
      const statements: string[] = [];
      seen.push(statements);
      context.enterWith(statements);
    };
    server.prependListener('request', this.begin);
  }

  /** Statements of the last request that matched, by name or text. */
  last(): readonly string[] {
    return this.seen.at(-1) ?? [];
  }

  stop(): void {
    this.server.off('request', this.begin);
    (pg.Client.prototype as unknown as { query: Query }).query = this.original;
  }
}

function nameOf(query: unknown): string {
  if (typeof query === 'string') return query;
  const { name, text } = query as { name?: string; text?: string };
  return name ?? text ?? 'a query object';
}
