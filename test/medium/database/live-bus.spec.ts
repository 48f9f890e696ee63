import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import { migrate } from '../../../src/platform/database/migrate.js';
import { platformKernelMigrations } from '../../../src/platform/database/migrations/index.js';
import type { LiveSignal } from '../../../src/platform/live/live-bus.js';
import { PgLiveBus } from '../../../src/platform/live/pg-live-bus.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { until } from '../../support/processes.js';
import { openTest } from './support/open.js';

describe('PgLiveBus', () => {
  let database: TestDatabase;
  const sources: DataSource[] = [];
  const buses: PgLiveBus[] = [];

  /** A bus as another server process would have it: its own pool and its own listening connection. */
  const newBus = async (): Promise<{ bus: PgLiveBus; dataSource: DataSource }> => {
    const dataSource = await openTest(database);
    const bus = new PgLiveBus(dataSource, pino({ level: 'silent' }));
    await bus.onModuleInit();
    sources.push(dataSource);
    buses.push(bus);
    return { bus, dataSource };
  };
  const collect = (bus: PgLiveBus, topic: string): LiveSignal[] => {
    const heard: LiveSignal[] = [];
    bus.subscribe(topic, (signal) => void heard.push(signal));
    return heard;
  };

  beforeEach(async () => {
    database = await freshDatabase();
    const dataSource = await openTest(database);
    await migrate(dataSource, { kernel: platformKernelMigrations, core: [] });
    await dataSource.destroy();
  });
  afterEach(async () => {
    for (const bus of buses.splice(0)) await bus.onApplicationShutdown();
    for (const source of sources.splice(0)) await source.destroy();
    await database.close();
  });

  it('is heard by every process on the database, by exact topic, until one stops listening', async () => {
    const [one, two] = [await newBus(), await newBus()];
    const here = collect(one.bus, 'waiting:1');
    const there: LiveSignal[] = [];
    const stop = two.bus.subscribe('waiting:1', (signal) => void there.push(signal));
    const others = collect(two.bus, 'waiting:10');
    await one.bus.publish('waiting:1', 'arrived', { arrival: 'a' });
    await until('both heard it', () => here.length === 1 && there.length === 1);
    expect(there[0]).toEqual({ topic: 'waiting:1', event: 'arrived', data: { arrival: 'a' } });
    stop();
    await one.bus.publish('waiting:1', 'left');
    await until('one heard it', () => here.length === 2);
    expect(there).toHaveLength(1);
    expect(others).toEqual([]);
  });

  it('speaks when the transaction commits, and not at all when it does not', async () => {
    const { bus, dataSource } = await newBus();
    const heard = collect(bus, 'encounter:1');
    let heardInside = -1;
    await dataSource.transaction(async (manager) => {
      await bus.publishInside(manager, 'encounter:1', 'opened');
      await sleep(150);
      heardInside = heard.length;
    });
    await until('heard after the commit', () => heard.length === 1);
    expect(heardInside).toBe(0);
    const failed = dataSource.transaction(async (manager) => {
      await bus.publishInside(manager, 'encounter:1', 'ended');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await bus.publish('encounter:1', 'last');
    await until('the next one came', () => heard.length === 2);
    expect(heard.map((signal) => signal.event)).toEqual(['opened', 'last']);
  });

  it('carries large signals, whole and in order, and refuses one above a megabyte', async () => {
    const [one, two] = [await newBus(), await newBus()];
    const heard = collect(two.bus, 'relay');
    const large = '€'.repeat(300_000);
    await one.bus.publish('relay', 'small', { n: '1' });
    await one.bus.publish('relay', 'large', { text: large });
    // Just too large for NOTIFY, though its count of characters is not.
    await one.bus.publish('relay', 'edge', { text: '€'.repeat(2_650) });
    await one.bus.publish('relay', 'small', { n: '2' });
    await until('all four came', () => heard.length === 4);
    expect(heard.map((signal) => signal.event)).toEqual(['small', 'large', 'edge', 'small']);
    expect(heard[1].data.text).toBe(large);
    await expect(one.bus.publish('relay', 'huge', { text: 'x'.repeat(1_100_000) })).rejects.toThrow(RangeError);
  });

  it('survives a listener that throws', async () => {
    const { bus } = await newBus();
    bus.subscribe('t', () => {
      throw new Error('bad listener');
    });
    const heard = collect(bus, 't');
    await bus.publish('t', 'a');
    await bus.publish('t', 'b');
    await until('the good one heard both', () => heard.length === 2);
  });

  it('comes back after its connection was cut, says so, and hears again', async () => {
    const { bus, dataSource } = await newBus();
    const heard = collect(bus, 't');
    let resyncs = 0;
    bus.onResync(() => void resyncs++);
    const cut = (): Promise<unknown> =>
      dataSource.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'alcove: live' and datname = current_database()`);
    await cut();
    await until('it is back', () => resyncs === 1);
    await bus.publish('t', 'after');
    await until('it hears', () => heard.length === 1);
    await cut();
    await until('it is back again', () => resyncs === 2);
  });

  it('does not come back once stopped', async () => {
    const { bus, dataSource } = await newBus();
    await bus.onApplicationShutdown();
    buses.splice(0);
    await sleep(300);
    const rows: unknown[] = await dataSource.query(
      `select 1 from pg_stat_activity where application_name = 'alcove: live' and datname = current_database()`,
    );
    expect(rows).toEqual([]);
  });
});
