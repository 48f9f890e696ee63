import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** A meeting that may take place. Knows nobody: its id is random, its people are references. */
@Entity('room')
@Check('room_capacity_check', 'capacity BETWEEN 1 AND 2')
export class Room {
  @PrimaryColumn('text')
  id: string;

  @Column('smallint')
  capacity: number;

  /** Counts every taking of a seat; the later number wins when two processes tell of the same seat. */
  @Column('integer', { default: 0 })
  turns: number;

  /** After this nobody may join. */
  @Column('timestamptz', { name: 'closes_at' })
  closesAt: Date;

  @Column('timestamptz', { name: 'closed_at', nullable: true })
  closedAt: Date | null;
}
