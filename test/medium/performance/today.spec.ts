import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { DayDecorators } from '../../../src/features/scheduling/public.js';
import { namedQuery, Sql } from '../../../src/platform/database/sql.js';
import { poolOf } from '../../../src/platform/database/data-source.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { BusyDay } from './support/busy-day.js';
import { StatementCounter } from './support/statements.js';

const MOST = 6;
const QUIET_DAY = '2031-03-04';
const FULL_DAY = '2031-03-05';
const HOT_READ = 'scheduling.day';

describe('the cost of Today', () => {
  let booted: BootedApp;
  let day: BusyDay;
  let counter: StatementCounter;

  beforeAll(async () => {
    booted = await bootApp();
    day = await BusyDay.of(booted);
    await day.book(QUIET_DAY, 1);
    await day.book(FULL_DAY, 60);
    counter = new StatementCounter(booted.app.getHttpServer() as Server, '/today');
    // The first page of a process reads what later ones have in memory.
    await day.show(QUIET_DAY);
  });
  afterAll(async () => {
    counter.stop();
    await booted.close();
  });

  it('is at most six statements, and the same ones for one appointment and for sixty', async () => {
    expect(await day.show(QUIET_DAY)).toBe(1);
    const quiet = [...counter.last()].sort();
    expect(await day.show(FULL_DAY)).toBe(60);
    const full = [...counter.last()].sort();
    process.stdout.write(`Today asks PostgreSQL ${full.length} times: ${full.join(', ')}\n`);
    expect(full).toEqual(quiet);
    expect(full).toContain(HOT_READ);
    expect(full.length).toBeLessThanOrEqual(MOST);
  });

  it('stays within six on the page that also notes the activity of the session', async () => {
    await booted.app.get(DataSource).query(`UPDATE core.session SET seen_at = seen_at - interval '2 minutes'`);
    expect(await day.show(FULL_DAY)).toBe(60);
    expect(counter.last()).toContain('access.session-touch');
    expect(counter.last().length).toBeLessThanOrEqual(MOST);
  });

  it('reads the day with a prepared statement that is never planned more than five times on a connection', async () => {
    for (let times = 0; times < 40; times++) await day.show(times % 2 === 0 ? QUIET_DAY : FULL_DAY);
    const plans = await plansOf(booted, HOT_READ);
    expect(plans.length).toBeGreaterThan(0);
    expect(Math.max(...plans.map(({ custom }) => custom))).toBe(5);
    expect(Math.max(...plans.map(({ generic }) => generic))).toBeGreaterThan(0);
  });

  it('is noticed when somebody asks once per row', async () => {
    const perRow = namedQuery('performance.planted', 'SELECT count(*) FROM core.encounter WHERE appointment_id = $1');
    const sql = booted.app.get(Sql);
    booted.app.get(DayDecorators).register(async (appointments) => {
      for (const { id } of appointments) await sql.rows(perRow, [id]);
      return new Map();
    });
    expect(await day.show(FULL_DAY)).toBe(60);
    expect(counter.last().length).toBeGreaterThan(60);
    expect(await day.show(QUIET_DAY)).toBe(1);
    expect(counter.last().length).toBeLessThan(60);
  });
});

interface Plans {
  readonly custom: number;
  readonly generic: number;
}

/** What each connection of the server's own pool says about one of its prepared statements. */
async function plansOf(booted: BootedApp, name: string): Promise<Plans[]> {
  const pool = poolOf(booted.app.get(DataSource));
  const clients = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
  try {
    const answers = await Promise.all(
      clients.map((client) =>
        client.query<{ custom: number; generic: number }>(
          `SELECT custom_plans::int AS custom, generic_plans::int AS generic FROM pg_prepared_statements WHERE name = $1`,
          [name],
        ),
      ),
    );
    return answers.flatMap(({ rows }) => rows);
  } finally {
    for (const client of clients) client.release();
  }
}
