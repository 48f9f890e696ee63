import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, Not, type EntityManager } from 'typeorm';
import type { RedeemedTicket, Seat, Seating, SeatStore, SeatTruth } from '../signalling/ports.js';
import { Room } from './room.entity.js';
import { SeatRow } from './seat.entity.js';
import { hashTicket, isTicketSecret } from './ticket-secret.js';
import { Ticket } from './ticket.entity.js';

/** A seat whose process has said nothing for so long belonged to a process that crashed. */
const SILENT_SECONDS = 45;
/** So long a seat is kept for somebody whose socket broke, before a third person may have it. */
const AWAY_SECONDS = 30;

/** Seats of all server processes, in PostgreSQL. The room's row is the lock under which seats change hands. */
@Injectable()
export class SeatRepository implements SeatStore {
  constructor(private readonly database: DataSource) {}

  async redeem(secret: string): Promise<RedeemedTicket | null> {
    if (!isTicketSecret(secret)) return null;
    const hash = hashTicket(secret);
    const result = await this.database
      .getRepository(Ticket)
      .createQueryBuilder()
      .update()
      .set({ usedAt: () => 'now()' })
      .where('hash = :hash AND used_at IS NULL AND killed_at IS NULL AND expires_at > now()', { hash })
      .returning(['room', 'participant'])
      .execute();
    const [row] = result.raw as { room: string; participant: string }[];
    return row ? { hash, room: row.room, participant: row.participant } : null;
  }

  sit(ticket: RedeemedTicket, arrival: { readonly connection: string; readonly page: string }): Promise<Seating> {
    return this.database.transaction(async (manager) => {
      const room = await lockOpenRoom(manager, ticket.room);
      if (!room) return { kind: 'ended' };
      const killed = await manager.getRepository(Ticket).existsBy({ hash: ticket.hash, killedAt: Not(IsNull()) });
      if (killed) return { kind: 'ended' };

      await freeAbandonedSeats(manager, ticket);
      const seats = manager.getRepository(SeatRow);
      const rows = await seats.findBy({ room: ticket.room });
      const mine = rows.find((row) => row.participant === ticket.participant);
      const other = rows.find((row) => row.participant !== ticket.participant) ?? null;
      if (!mine && rows.length >= room.capacity) return { kind: 'full' };

      const slot = mine?.slot ?? (other?.slot === 0 ? 1 : 0);
      const { participant } = ticket;
      await seats
        .createQueryBuilder()
        .insert()
        .values({
          room: ticket.room,
          slot,
          participant,
          connection: arrival.connection,
          page: arrival.page,
          turn: room.turns,
          seenAt: () => 'now()',
          awayAt: null,
        })
        .orUpdate(['connection', 'page', 'turn', 'seen_at', 'away_at'], ['room', 'slot'])
        .execute();
      const seat = { room: ticket.room, participant, slot, ...arrival, turn: room.turns, away: false };
      return { kind: 'seated', seat, other: other && toSeat(other) };
    });
  }

  async away(connection: string): Promise<boolean> {
    const seats = this.database.getRepository(SeatRow);
    const { affected } = await seats.update({ connection }, { awayAt: () => 'now()' });
    return affected === 1;
  }

  async leave(connection: string): Promise<boolean> {
    const { affected } = await this.database.getRepository(SeatRow).delete({ connection });
    return affected === 1;
  }

  async alive(seats: readonly Seat[]): Promise<ReadonlyMap<string, SeatTruth>> {
    const repository = this.database.getRepository(SeatRow);
    await repository.update({ connection: In(seats.map((seat) => seat.connection)) }, { seenAt: () => 'now()' });
    const rows = await repository.findBy({ room: In([...new Set(seats.map((seat) => seat.room))]) });
    return new Map(seats.map((seat) => [seat.connection, truthOf(seat, rows)]));
  }
}

function truthOf(seat: Seat, rows: readonly SeatRow[]): SeatTruth {
  const room = rows.filter((row) => row.room === seat.room);
  const mine = room.find((row) => row.participant === seat.participant);
  if (!mine) return { kind: 'gone' };
  if (mine.connection !== seat.connection) return { kind: 'replaced' };
  const other = room.find((row) => row.participant !== seat.participant);
  return { kind: 'held', other: other ? toSeat(other) : null };
}

async function lockOpenRoom(manager: EntityManager, id: string): Promise<{ capacity: number; turns: number } | null> {
  const result = await manager
    .getRepository(Room)
    .createQueryBuilder()
    .update()
    .set({ turns: () => 'turns + 1' })
    .where('id = :id AND closed_at IS NULL AND closes_at > now()', { id })
    .returning(['capacity', 'turns'])
    .execute();
  return (result.raw as { capacity: number; turns: number }[])[0] ?? null;
}

/** Seats of others whose owner is gone for good: a third person may be admitted instead of them. */
async function freeAbandonedSeats(manager: EntityManager, ticket: RedeemedTicket): Promise<void> {
  await manager
    .getRepository(SeatRow)
    .createQueryBuilder()
    .delete()
    .where('room = :room AND participant <> :participant', { room: ticket.room, participant: ticket.participant })
    .andWhere(
      `(seen_at < now() - interval '${SILENT_SECONDS} seconds' OR away_at < now() - interval '${AWAY_SECONDS} seconds')`,
    )
    .execute();
}

const toSeat = (row: SeatRow): Seat => ({
  room: row.room,
  participant: row.participant,
  slot: row.slot,
  connection: row.connection,
  page: row.page,
  turn: row.turn,
  away: row.awayAt !== null,
});
