import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The link of one client to one appointment. The token is derived, never stored; a higher version makes older tokens worthless. */
@Entity({ schema: 'core', name: 'session_link' })
export class SessionLinkEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'appointment_id' }) appointmentId: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  @Column('integer') version: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
  @Column('timestamptz', { name: 'revised_at', nullable: true }) revisedAt: Date | null;
}
