import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Room } from './room.entity.js';

/** Who sits where. In the database, because the two of a room may sit on different server processes. */
@Entity('seat')
@Unique('seat_participant', ['room', 'participant'])
@Index('seat_connection', ['connection'])
@Check('seat_slot_check', 'slot BETWEEN 0 AND 1')
export class SeatRow {
  @PrimaryColumn('text')
  @ForeignKey(() => Room, { name: 'seat_room_fkey', onDelete: 'CASCADE' })
  room: string;

  /** 0 or 1. Slot 1 is the polite side, so that the two can never disagree about it. */
  @PrimaryColumn('smallint')
  slot: number;

  @Column('text')
  participant: string;

  /** The socket that holds the seat now. */
  @Column('uuid')
  connection: string;

  /** The browser page behind the socket; a reload is a new page, a lost socket is not. */
  @Column('text')
  page: string;

  @Column('integer')
  turn: number;

  @Column('timestamptz', { name: 'seen_at' })
  seenAt: Date;

  /** Since when the socket is gone; the seat is kept free for its owner for a moment. */
  @Column('timestamptz', { name: 'away_at', nullable: true })
  awayAt: Date | null;
}
