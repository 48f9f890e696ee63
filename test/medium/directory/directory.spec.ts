import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { migrate } from '../../../src/platform/database/migrate.js';
import { platformKernelMigrations } from '../../../src/platform/database/migrations/index.js';
import { Directory, type DirectoryEntry, type DirectorySource } from '../../../src/platform/directory/directory.js';
import { PgLiveBus } from '../../../src/platform/live/pg-live-bus.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/processes.js';
import { openTest } from '../database/support/open.js';

/** Names in a plain table: what matters here is how two processes keep up with it. */
class TableSource implements DirectorySource {
  constructor(private readonly dataSource: DataSource) {}
  async *loadAll(): AsyncIterable<DirectoryEntry> {
    yield* await this.read('SELECT id, name FROM public.names', []);
  }
  load(ids: readonly string[]): Promise<DirectoryEntry[]> {
    return this.read('SELECT id, name FROM public.names WHERE id = ANY ($1)', [ids]);
  }
  private async read(text: string, values: unknown[]): Promise<DirectoryEntry[]> {
    const rows = await this.dataSource.query<{ id: string; name: string }[]>(text, values);
    return rows.map(({ id, name }) => ({
      id,
      kinds: ['client'],
      displayName: name,
      sortKey: name,
      initials: name[0],
      timeZone: 'UTC',
      status: 'active',
      clinicianIds: [],
    }));
  }
}

let database: TestDatabase;
let closing: (() => Promise<unknown>)[];
beforeEach(async () => {
  database = await freshDatabase();
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  await database.close();
});

async function serverProcess(): Promise<{ dataSource: DataSource; directory: Directory }> {
  const dataSource = await openTest(database);
  closing.push(() => dataSource.destroy());
  await migrate(dataSource, { kernel: platformKernelMigrations, core: [] });
  await dataSource.query('CREATE TABLE IF NOT EXISTS public.names (id text PRIMARY KEY, name text NOT NULL)');
  const bus = new PgLiveBus(dataSource, pino({ level: 'silent' }));
  await bus.onModuleInit();
  closing.push(() => bus.onApplicationShutdown());
  const directory = new Directory(bus);
  closing.push(() => directory.onApplicationShutdown());
  directory.setSource(new TableSource(dataSource));
  await directory.ready;
  return { dataSource, directory };
}

it('shows a change in every process after its commit, and nothing of one that was rolled back', async () => {
  const here = await serverProcess();
  const there = await serverProcess();
  const change = (statement: string, fail = false) =>
    here.dataSource.transaction(async (manager) => {
      await manager.query(statement);
      await here.directory.changed(manager, 'a');
      if (fail) throw new Error('rolled back');
    });
  await change(`INSERT INTO public.names VALUES ('a', 'Maria')`);
  await until('both know', () => here.directory.name('a') === 'Maria' && there.directory.name('a') === 'Maria');
  await expect(change(`UPDATE public.names SET name = 'Nobody'`, true)).rejects.toThrow('rolled back');
  await change(`UPDATE public.names SET name = 'Mario'`);
  await until('both know', () => here.directory.name('a') === 'Mario' && there.directory.name('a') === 'Mario');
  await change('DELETE FROM public.names');
  await until('both forgot', () => here.directory.name('a') === null && there.directory.name('a') === null);
});

it('catches up with what changed while its listener was cut off', async () => {
  const { dataSource, directory } = await serverProcess();
  // A change nobody is told of stands for one whose signal was lost with the connection.
  await dataSource.query(`INSERT INTO public.names VALUES ('b', 'Silent')`);
  expect(directory.name('b')).toBeNull();
  await dataSource.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'alcove: live' AND datname = current_database()`,
  );
  await until('it knows', () => directory.name('b') === 'Silent');
});
