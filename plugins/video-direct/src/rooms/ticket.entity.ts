import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Room } from './room.entity.js';

/** One join by one person, within minutes, once. Only the hash of the secret is kept. */
@Entity('ticket')
@Index('ticket_room_participant', ['room', 'participant'])
@Index('ticket_expires_at', ['expiresAt'])
@Check('ticket_hash_check', 'octet_length(hash) = 32')
@Check('ticket_role_check', `role IN ('host', 'guest')`)
export class Ticket {
  /** SHA-256 of the token. */
  @PrimaryColumn('bytea')
  hash: Buffer;

  @Column('text')
  @ForeignKey(() => Room, { name: 'ticket_room_fkey', onDelete: 'CASCADE' })
  room: string;

  @Column('text')
  participant: string;

  @Column('text')
  role: 'host' | 'guest';

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'used_at', nullable: true })
  usedAt: Date | null;

  /** Set when the person was put out or the room ended: neither joins nor stays. */
  @Column('timestamptz', { name: 'killed_at', nullable: true })
  killedAt: Date | null;
}
