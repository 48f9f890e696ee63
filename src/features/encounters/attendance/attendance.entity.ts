import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One page of one person in one room, from its join to its leave or its last sign of life. */
@Entity({ schema: 'core', name: 'attendance' })
export class AttendanceEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') participant: string;
  /** Opaque reference the provider gives each page, so that a reload is told from a second page. */
  @Column('text') page: string;
  @Column('timestamptz', { name: 'from_at' }) fromAt: Date;
  @Column('timestamptz', { name: 'last_at' }) lastAt: Date;
  @Column('timestamptz', { name: 'until_at', nullable: true }) untilAt: Date | null;
}
