import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assertReachable } from '../../../src/platform/database/connect-error.js';
import { assertServer } from '../../../src/platform/database/assert-server.js';
import { parseDatabaseUrl } from '../../../src/platform/database/connection-settings.js';
import { openDataSource } from '../../../src/platform/database/data-source.js';
import { isDatabaseGone } from '../../../src/platform/database/database-gone.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/processes.js';
import { LIMITS, openTest } from './support/open.js';

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('the connection to the database', () => {
  let database: TestDatabase;
  /** Accepts connections and never says a word. */
  let silent: Server;

  beforeAll(async () => {
    database = await freshDatabase();
    silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    silent.close();
    await database.close();
  });

  it('names itself and has limits', async () => {
    const dataSource = await openTest(database);
    const [row] = await dataSource.query(`select current_setting('application_name') as name,
      current_setting('statement_timeout') as timeout, current_setting('idle_in_transaction_session_timeout') as idle`);
    expect(row).toEqual({ name: 'alcove', timeout: '5s', idle: '10s' });
    await dataSource.destroy();
  });

  it('notices a database that is gone, and works again without being opened anew', async () => {
    const dataSource = await openTest(database);
    await failureOf(dataSource.query('select pg_terminate_backend(pg_backend_pid())')).then((error) =>
      expect(isDatabaseGone(error)).toBe(true),
    );
    const works = (): Promise<boolean> =>
      dataSource.query('select 1').then(
        () => true,
        () => false,
      );
    await until('it works again', works, 2_000);
    await dataSource.destroy();
  });

  it('gives up within two seconds on a server that does not answer', async () => {
    const { port } = silent.address() as AddressInfo;
    const settings = parseDatabaseUrl(`postgres://u:p@127.0.0.1:${port}/x`);
    const began = performance.now();
    const error = await failureOf(openDataSource({ settings, limits: LIMITS }));
    expect(isDatabaseGone(error)).toBe(true);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('has one line for each way a DATABASE_URL can be wrong, without the password', async () => {
    const good = parseDatabaseUrl(database.url);
    const { port } = silent.address() as AddressInfo;
    const cases: [Partial<typeof good>, RegExp][] = [
      [{ host: '/nowhere' }, /no PostgreSQL answers for .* on the socket in \/nowhere/],
      [{ host: '127.0.0.1', port: 1 }, /no PostgreSQL answers/],
      [{ host: 'no-such-host.invalid' }, /the host no-such-host\.invalid is not known/],
      [{ password: 'canary' }, /refuses the user or the password/],
      [{ password: undefined }, /a password is needed/],
      [{ user: 'nobody_here' }, /refuses the user or the password/],
      [{ database: 'not_there' }, /the database not_there does not exist/],
      [{ host: '127.0.0.1', port }, /no answer in time/],
    ];
    for (const [wrong, message] of cases) {
      const error = await failureOf(assertReachable({ ...good, ...wrong }, 700));
      expect(String((error as Error).message)).toMatch(message);
      expect(String((error as Error).message)).toMatch(/^DATABASE_URL: [^\n]*$/);
      expect(String((error as Error).message)).not.toMatch(/canary/);
    }
    await assertReachable(good);
  });

  it('is judged at boot: warned about here, refused in production', async () => {
    const dataSource = await openTest(database);
    const options = { settings: parseDatabaseUrl(database.url), tls: 'required' as const };
    // The PostgreSQL of the tests runs without fsync.
    const warnings = await assertServer(dataSource, { ...options, production: false });
    expect(warnings.join('\n')).toMatch(/fsync is off/);
    await expect(assertServer(dataSource, { ...options, production: true })).rejects.toThrow(
      /fsync is off; set it to on/,
    );
    await dataSource.destroy();
  });
});
