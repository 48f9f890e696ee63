import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Room } from './room.entity.js';
import { SeatRow } from './seat.entity.js';
import { hashTicket } from './ticket-secret.js';
import { Ticket } from './ticket.entity.js';

/** How long an unused ticket lasts. */
export const TICKET_SECONDS = 120;

/** Rooms and tickets. All times are the database's, so that server processes with different clocks agree. */
@Injectable()
export class RoomRepository {
  constructor(private readonly database: DataSource) {}

  /** Makes the room or moves its hour. False when it was closed before: a closed room stays closed. */
  async open(room: { id: string; capacity: number; closesAt: Date }): Promise<boolean> {
    const rooms = this.database.getRepository(Room);
    await rooms
      .createQueryBuilder()
      .insert()
      .values({ id: room.id, capacity: room.capacity, closesAt: room.closesAt })
      .orIgnore()
      .execute();
    const { affected } = await rooms
      .createQueryBuilder()
      .update()
      .set({ capacity: room.capacity, closesAt: room.closesAt })
      .where('id = :id AND closed_at IS NULL', { id: room.id })
      .execute();
    return affected === 1;
  }

  /** Stores a ticket for an open room; null when there is none. Returns when the ticket expires. */
  async issue(ticket: {
    secret: string;
    room: string;
    participant: string;
    role: Ticket['role'];
  }): Promise<Date | null> {
    const open = await this.database
      .getRepository(Room)
      .createQueryBuilder('room')
      .where('room.id = :room AND room.closed_at IS NULL AND room.closes_at > now()', { room: ticket.room })
      .getExists();
    if (!open) return null;
    const result = await this.database
      .getRepository(Ticket)
      .createQueryBuilder()
      .insert()
      .values({
        hash: hashTicket(ticket.secret),
        room: ticket.room,
        participant: ticket.participant,
        role: ticket.role,
        expiresAt: () => `now() + interval '${TICKET_SECONDS} seconds'`,
      })
      .returning('expires_at')
      .execute();
    return (result.raw as { expires_at: Date }[])[0]?.expires_at ?? null;
  }

  /**
   * Ends the room: its tickets die, its seats are gone. The room row is locked first, here as in every taking of a seat, so that
   * nobody can sit down between the end and the announcement of it. Idempotent.
   */
  async close(room: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager
        .getRepository(Room)
        .createQueryBuilder()
        .update()
        .set({ closedAt: () => 'coalesce(closed_at, now())' })
        .where('id = :room', { room })
        .execute();
      await manager.getRepository(Ticket).update({ room }, { killedAt: () => 'coalesce(killed_at, now())' });
      await manager.getRepository(SeatRow).delete({ room });
    });
  }

  /** Frees the seat of one person and kills their tickets, used ones too: one that was redeemed a moment ago must not sit. Idempotent. */
  async remove(room: string, participant: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.getRepository(Room).findOne({ where: { id: room }, lock: { mode: 'pessimistic_write' } });
      await manager
        .getRepository(Ticket)
        .update({ room, participant }, { killedAt: () => 'coalesce(killed_at, now())' });
      await manager.getRepository(SeatRow).delete({ room, participant });
    });
  }

  /** Forgets what nobody can use any more: tickets an hour past, rooms a day past. */
  async sweep(): Promise<void> {
    await this.database
      .getRepository(Ticket)
      .createQueryBuilder()
      .delete()
      .where(`expires_at < now() - interval '1 hour'`)
      .execute();
    await this.database
      .getRepository(Room)
      .createQueryBuilder()
      .delete()
      .where(`coalesce(closed_at, closes_at) < now() - interval '1 day'`)
      .execute();
  }
}
