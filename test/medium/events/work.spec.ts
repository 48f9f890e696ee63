import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { EventBus, type DomainEvent } from '../../../src/platform/events/event-bus.js';
import { LiveBus } from '../../../src/platform/live/live-bus.js';
import { Work } from '../../../src/platform/work/work.js';
import { bootApp, type BootedApp } from '../../support/app.js';

const who = systemPrincipal('test');
let booted: BootedApp;
let work: Work;
const seen = new Map<string, DomainEvent[]>();
let failing = 0;

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await sleep(50);
  expect(condition()).toBe(true);
}

const of = (subscriber: string, key: string): DomainEvent[] =>
  (seen.get(subscriber) ?? []).filter((event) => event.key === key);
const audited = async (object: string): Promise<number> => {
  const rows: { n: number }[] = await booted.app
    .get(DataSource)
    .query('select count(*)::int as n from core.audit_event where object = $1', [object]);
  return rows[0].n;
};

beforeAll(async () => {
  booted = await bootApp();
  work = booted.app.get(Work);
  const bus = booted.app.get(EventBus);
  for (const subscriber of ['test.one', 'test.two']) {
    bus.subscribe(subscriber, ['thing.changed'], async (event) => {
      if (subscriber === 'test.two' && failing > 0) {
        failing -= 1;
        throw new Error('not now');
      }
      seen.set(subscriber, [...(seen.get(subscriber) ?? []), event]);
      return Promise.resolve();
    });
  }
  await sleep(500);
});
afterAll(() => booted.close());

describe('a unit of work', () => {
  it('commits the change, its audit row, its events and its signals together', async () => {
    const key = randomUUID();
    const signals: string[] = [];
    const stop = booted.app.get(LiveBus).subscribe(`thing:${key}`, ({ event }) => signals.push(event));
    await work.run(who, async (tx) => {
      tx.audit({ action: 'thing.change', object: `thing:${key}` });
      tx.emit('thing.changed', key, { thingId: key });
      tx.live(`thing:${key}`, 'changed');
      return Promise.resolve();
    });
    expect(await audited(`thing:${key}`)).toBe(1);
    await until(() => of('test.one', key).length === 1 && of('test.two', key).length === 1 && signals.length === 1);
    expect(of('test.one', key)[0]).toMatchObject({ type: 'thing.changed', key, payload: { thingId: key } });
    stop();
  });

  it('leaves nothing behind when the change fails', async () => {
    const key = randomUUID();
    const failed = work.run(who, async (tx) => {
      tx.audit({ action: 'thing.change', object: `thing:${key}` });
      tx.emit('thing.changed', key, { thingId: key });
      await tx.manager.query('select 1/0');
    });
    await expect(failed).rejects.toThrow(/division by zero/);
    expect(await audited(`thing:${key}`)).toBe(0);
    const after = randomUUID();
    await work.run(who, (tx) => {
      tx.audit({ action: 'thing.change', object: `thing:${after}` });
      tx.emit('thing.changed', after, { thingId: after });
      return Promise.resolve();
    });
    await until(() => of('test.one', after).length === 1);
    expect(of('test.one', key)).toEqual([]);
  });

  it('does not commit a change that nobody audits', async () => {
    const id = randomUUID();
    const silent = work.run(who, (tx) =>
      tx.manager.query('insert into core.case_file (id, kind, created_at) values ($1, $2, now())', [id, 'individual']),
    );
    await expect(silent).rejects.toThrow(/without an audit entry/);
    const rows: unknown[] = await booted.app.get(DataSource).query('select id from core.case_file where id = $1', [id]);
    expect(rows).toEqual([]);
  });

  it('keeps the order of one aggregate, also when a subscriber fails on the way', async () => {
    const key = randomUUID();
    failing = 1;
    for (const step of ['1', '2', '3', '4']) {
      await work.run(who, (tx) => {
        tx.audit({ action: 'thing.change', object: `thing:${key}` });
        tx.emit('thing.changed', key, { step });
        return Promise.resolve();
      });
    }
    await until(() => of('test.one', key).length === 4 && of('test.two', key).length === 4);
    for (const subscriber of ['test.one', 'test.two'])
      expect(of(subscriber, key).map(({ payload }) => payload.step)).toEqual(['1', '2', '3', '4']);
  });
});
