import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { Room } from '../src/rooms/room.entity.js';
import { RoomRepository } from '../src/rooms/room.repository.js';
import { SeatRow } from '../src/rooms/seat.entity.js';
import { SeatRepository } from '../src/rooms/seat.repository.js';
import { hashTicket, newTicketSecret } from '../src/rooms/ticket-secret.js';
import { Ticket } from '../src/rooms/ticket.entity.js';
import type { Seating } from '../src/signalling/ports.js';
import { pluginDatabase, SCHEMA } from './support/plugin-database.js';

const soon = () => new Date(Date.now() + 3_600_000);
let database: Awaited<ReturnType<typeof pluginDatabase>>;
let source: DataSource;
let rooms: RoomRepository;
let seats: SeatRepository;
let room: string;

beforeAll(async () => {
  database = await pluginDatabase();
  ({ source } = database);
  rooms = new RoomRepository(source);
  seats = new SeatRepository(source);
});
afterAll(() => database.close());
beforeEach(async () => {
  room = randomUUID();
  await rooms.open({ id: room, capacity: 2, closesAt: soon() });
});

const ticketFor = async (participant: string): Promise<string> => {
  const secret = newTicketSecret();
  expect(await rooms.issue({ secret, room, participant, role: 'guest' })).toBeInstanceOf(Date);
  return secret;
};
const sit = async (participant: string, page = `page-${participant}`): Promise<Seating> => {
  const ticket = await seats.redeem(await ticketFor(participant));
  if (!ticket) throw new Error('the ticket was not redeemed');
  return seats.sit(ticket, { connection: randomUUID(), page });
};
const seated = async (participant: string, page?: string) => {
  const seating = await sit(participant, page);
  if (seating.kind !== 'seated') throw new Error(`not seated: ${seating.kind}`);
  return seating;
};
const age = (table: string, column: string, interval: string, where: string) =>
  source.query(`UPDATE ${SCHEMA}.${table} SET ${column} = now() - interval '${interval}' WHERE ${where}`);

describe('tickets', () => {
  it('are redeemed by exactly one of many simultaneous tries', async () => {
    const secret = await ticketFor('anna');
    const tries = await Promise.all(Array.from({ length: 40 }, () => seats.redeem(secret)));
    expect(tries.filter((ticket) => ticket !== null)).toEqual([
      { hash: hashTicket(secret), room, participant: 'anna' },
    ]);
  });

  it('would be redeemed more than once without the condition in the update (planted fault)', async () => {
    const secret = await ticketFor('anna');
    const careless = async () => {
      const found = await source.getRepository(Ticket).findOneBy({ hash: hashTicket(secret) });
      if (!found || found.usedAt) return null;
      await source.getRepository(Ticket).update({ hash: found.hash }, { usedAt: () => 'now()' });
      return found;
    };
    const tries = await Promise.all(Array.from({ length: 20 }, careless));
    expect(tries.filter((ticket) => ticket !== null).length).toBeGreaterThan(1);
  });

  it.each(['', 'x', 'a'.repeat(43), "' OR true --"])('are not guessed: %p', async (secret) => {
    expect(await seats.redeem(secret)).toBeNull();
  });

  it('last two minutes', async () => {
    const secret = newTicketSecret();
    const expires = await rooms.issue({ secret, room, participant: 'anna', role: 'host' });
    expect(Math.round(((expires?.getTime() ?? 0) - Date.now()) / 1000)).toBe(120);
    await age('ticket', 'expires_at', '1 second', `room = '${room}'`);
    expect(await seats.redeem(secret)).toBeNull();
  });

  it('are stored as hashes only', async () => {
    const secret = await ticketFor('anna');
    const [row] = (await source.query(`SELECT t::text AS text FROM ${SCHEMA}.ticket t WHERE room = $1`, [room])) as [
      { text: string },
    ];
    expect(row.text).not.toContain(secret);
    expect(row.text).toContain(hashTicket(secret).toString('hex'));
  });
});

describe('seats', () => {
  it('hold two people, the second being polite, and no third', async () => {
    const [anna, ben] = [await seated('anna'), await seated('ben')];
    expect([anna.seat.slot, ben.seat.slot]).toEqual([0, 1]);
    expect(ben.other).toMatchObject({ participant: 'anna', page: 'page-anna', away: false });
    expect(await sit('cleo')).toEqual({ kind: 'full' });
  });

  it('are never given to three people at once', async () => {
    const all = await Promise.all(['anna', 'ben', 'cleo', 'dora', 'emil'].map((name) => sit(name)));
    expect(all.filter(({ kind }) => kind === 'seated')).toHaveLength(2);
    expect(all.filter(({ kind }) => kind === 'full')).toHaveLength(3);
    expect(await source.getRepository(SeatRow).countBy({ room })).toBe(2);
  });

  it('go to the newest page of a person, on the same side', async () => {
    const first = await seated('anna');
    await seated('ben');
    const second = await seated('anna', 'page-anna-2');
    expect(second.seat.slot).toBe(first.seat.slot);
    expect(second.seat.turn).toBeGreaterThan(first.seat.turn);
    expect(await seats.away(first.seat.connection)).toBe(false);
    expect(await seats.leave(first.seat.connection)).toBe(false);
    const truth = await seats.alive([first.seat, second.seat]);
    expect(truth.get(first.seat.connection)).toEqual({ kind: 'replaced' });
    expect(truth.get(second.seat.connection)).toMatchObject({ kind: 'held', other: { participant: 'ben' } });
  });

  it('are kept for half a minute for somebody whose line broke, then given away', async () => {
    const anna = await seated('anna');
    await seated('ben');
    expect(await seats.away(anna.seat.connection)).toBe(true);
    expect(await sit('cleo')).toEqual({ kind: 'full' });
    await age('seat', 'away_at', '31 seconds', `room = '${room}' AND participant = 'anna'`);
    expect((await seated('cleo')).seat.slot).toBe(0);
  });

  it('of a crashed process are free after 45 seconds of silence', async () => {
    await seated('anna');
    const ben = await seated('ben');
    await age('seat', 'seen_at', '46 seconds', `room = '${room}'`);
    await seats.alive([ben.seat]);
    expect((await seated('cleo')).other?.participant).toBe('ben');
  });

  it('are free at once when somebody leaves', async () => {
    const anna = await seated('anna');
    await seated('ben');
    expect(await seats.leave(anna.seat.connection)).toBe(true);
    expect((await sit('cleo')).kind).toBe('seated');
  });
});

describe('closing and removing', () => {
  it('a closed room takes nobody, kills its tickets, and does not open again', async () => {
    const waiting = await ticketFor('anna');
    const ben = await seated('ben');
    await rooms.close(room);
    await rooms.close(room);
    expect(await seats.redeem(waiting)).toBeNull();
    expect((await seats.alive([ben.seat])).get(ben.seat.connection)).toEqual({ kind: 'gone' });
    expect(await rooms.issue({ secret: newTicketSecret(), room, participant: 'anna', role: 'guest' })).toBeNull();
    expect(await rooms.open({ id: room, capacity: 2, closesAt: soon() })).toBe(false);
  });

  it('a ticket that was redeemed just before the end or the removal does not sit', async () => {
    const ended = await seats.redeem(await ticketFor('anna'));
    const removed = await seats.redeem(await ticketFor('ben'));
    if (!ended || !removed) throw new Error('not redeemed');
    await rooms.remove(room, 'ben');
    expect(await seats.sit(removed, { connection: randomUUID(), page: 'page-ben' })).toEqual({ kind: 'ended' });
    await rooms.close(room);
    expect(await seats.sit(ended, { connection: randomUUID(), page: 'page-anna' })).toEqual({ kind: 'ended' });
  });

  it('somebody who was removed loses seat and tickets; the other stays; a new admission works', async () => {
    const anna = await seated('anna');
    await seated('ben');
    const spare = await ticketFor('ben');
    await rooms.remove(room, 'ben');
    expect(await seats.redeem(spare)).toBeNull();
    expect((await seats.alive([anna.seat])).get(anna.seat.connection)).toEqual({ kind: 'held', other: null });
    expect((await sit('ben')).kind).toBe('seated');
  });

  it('nobody sits in a room past its hour', async () => {
    const ticket = await seats.redeem(await ticketFor('anna'));
    await age('room', 'closes_at', '1 second', `id = '${room}'`);
    if (!ticket) throw new Error('not redeemed');
    expect(await seats.sit(ticket, { connection: randomUUID(), page: 'page-anna' })).toEqual({ kind: 'ended' });
    expect(await rooms.issue({ secret: newTicketSecret(), room, participant: 'ben', role: 'guest' })).toBeNull();
  });

  it('the end never leaves a seat behind, however many sit down meanwhile', async () => {
    for (let round = 0; round < 10; round++) {
      room = randomUUID();
      await rooms.open({ id: room, capacity: 2, closesAt: soon() });
      const tickets = await Promise.all(['anna', 'ben'].map(async (name) => seats.redeem(await ticketFor(name))));
      await Promise.all([
        ...tickets.map((ticket) => ticket && seats.sit(ticket, { connection: randomUUID(), page: 'page-race' })),
        rooms.close(room),
      ]);
      expect(await source.getRepository(SeatRow).countBy({ room })).toBe(0);
    }
  });
});

describe('sweeping', () => {
  it('forgets what is over, and only that', async () => {
    await seated('anna');
    const old = room;
    room = randomUUID();
    await rooms.open({ id: room, capacity: 2, closesAt: soon() });
    await ticketFor('ben');
    await age('room', 'closes_at', '25 hours', `id = '${old}'`);
    await rooms.sweep();
    expect(await source.getRepository(Room).findBy([{ id: old }, { id: room }])).toMatchObject([{ id: room }]);
    expect(await source.getRepository(SeatRow).countBy({ room: old })).toBe(0);
    expect(await source.getRepository(Ticket).countBy({ room })).toBe(1);
  });
});

it('migrates down and up again, and entities agree with the tables', async () => {
  expect((await source.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query)).toEqual([]);
  await source.undoLastMigration();
  await source.runMigrations({ transaction: 'all' });
  const [{ count }] = (await source.query(
    `SELECT count(*)::int FROM pg_tables WHERE schemaname = '${SCHEMA}' AND tablename IN ('room', 'ticket', 'seat')`,
  )) as [{ count: number }];
  expect(count).toBe(3);
});
