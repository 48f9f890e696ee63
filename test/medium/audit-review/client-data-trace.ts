import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, Server } from 'node:http';
import pg from 'pg';

/** Tables whose rows are clients' data. Who works with whom is asked to decide about access and tells nothing by itself. */
const CLIENT_DATA =
  /\bcore\.(person|client|case_file|case_member|relationship|appointment|appointment_member|claim|encounter|arrival|participant)\b/g;

type Query = (this: pg.Client, ...args: unknown[]) => unknown;

/** Watches, at the driver, which requests got rows of clients' data out of PostgreSQL; the request's asynchronous context tells whose. */
export class ClientDataTrace {
  private readonly context = new AsyncLocalStorage<Set<string>>();
  private readonly original: Query;
  private readonly begin: (request: IncomingMessage) => void;
  private latest = new Set<string>();

  constructor(private readonly server: Server) {
    const { context } = this;
    const prototype = pg.Client.prototype as unknown as { query: Query };
    const original = prototype.query;
    this.original = original;
    prototype.query = function (...args) {
      const tables = context.getStore();
      const named = [...textOf(args[0]).matchAll(CLIENT_DATA)].map(([, table]) => table);
      if (!tables || named.length === 0) return original.apply(this, args);
      const note = (result: unknown): void => {
        if (rowsIn(result) > 0) for (const table of named) tables.add(table);
      };
      const done = args.at(-1);
      if (typeof done === 'function') {
        const call = done as (error: unknown, result: unknown) => void;
        return original.apply(this, [
          ...args.slice(0, -1),
          (error: unknown, result: unknown) => {
            note(result);
            call(error, result);
          },
        ]);
      }
      return (original.apply(this, args) as Promise<unknown>).then((result) => {
        note(result);
        return result;
      });
    };
    this.begin = () => {
      this.latest = new Set();
      context.enterWith(this.latest);
    };
    server.prependListener('request', this.begin);
  }

  /** Tables of which the last request got rows. */
  tables(): string[] {
    return [...this.latest].sort();
  }

  stop(): void {
    this.server.off('request', this.begin);
    (pg.Client.prototype as unknown as { query: Query }).query = this.original;
  }
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return (query as { text?: string } | undefined)?.text ?? '';
}

const rowsIn = (result: unknown): number => (result as { rows?: unknown[] } | undefined)?.rows?.length ?? 0;
