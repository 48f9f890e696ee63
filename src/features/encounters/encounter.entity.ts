import { Column, Entity, PrimaryColumn } from 'typeorm';

export type EncounterState = 'open' | 'ended';
export type EndReason = 'ended' | 'cancelled' | 'expired';

/** A session: opened by the first person through the door or by the clinician, ended by the clinician, a cancellation or the clock. */
@Entity({ schema: 'core', name: 'encounter' })
export class EncounterEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'appointment_id' }) appointmentId: string;
  @Column('uuid', { name: 'clinician_id' }) clinicianId: string;
  @Column('uuid', { name: 'case_id' }) caseId: string;
  /** 256 random bits in hex: the only name the video provider learns. */
  @Column('text') room: string;
  @Column('text') state: EncounterState;
  @Column('timestamptz', { name: 'opened_at' }) openedAt: Date;
  @Column('text', { name: 'opened_by' }) openedBy: 'clinician' | 'client';
  /** When the clinician first opened the room; null while only clients wait. */
  @Column('timestamptz', { name: 'hosted_at', nullable: true }) hostedAt: Date | null;
  @Column('timestamptz', { name: 'room_opened_at', nullable: true }) roomOpenedAt: Date | null;
  /** The clock ends the session here: the end of the appointment and a margin. */
  @Column('timestamptz', { name: 'closes_at' }) closesAt: Date;
  @Column('timestamptz', { name: 'ended_at', nullable: true }) endedAt: Date | null;
  @Column('text', { name: 'end_reason', nullable: true }) endReason: EndReason | null;
}

/** The opaque name under which one person is in one room; the same over reconnects, reloads and devices. */
@Entity({ schema: 'core', name: 'encounter_participant' })
export class ParticipantEntity {
  @PrimaryColumn('text') ref: string;
  @Column('uuid', { name: 'encounter_id' }) encounterId: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('text') role: 'host' | 'guest';
}
