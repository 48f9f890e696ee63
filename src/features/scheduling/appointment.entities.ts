import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AppointmentStatus, CancelReason, Modality, Service } from './appointment.model.js';

/** Intended wall time, zone and instant are all kept: zones change their rules, what was agreed does not. */
@Entity({ schema: 'core', name: 'appointment' })
export class AppointmentEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'case_id' }) caseId: string;
  @Column('uuid', { name: 'clinician_id' }) clinicianId: string;
  @Column('text') service: Service;
  @Column('text') modality: Modality;
  @Column('text') status: AppointmentStatus;
  @Column('timestamptz', { name: 'starts_at' }) startsAt: Date;
  @Column('timestamptz', { name: 'ends_at' }) endsAt: Date;
  @Column('text', { name: 'time_zone' }) timeZone: string;
  /** A text on purpose: the driver would read a timestamp without zone as one of the server's own zone. */
  @Column('timestamp', { name: 'wall_start' }) wallStart: string;
  @Column('date', { name: 'local_day' }) localDay: string;
  @Column('int') version: number;
  @Column('text', { name: 'cancel_reason', nullable: true }) cancelReason: CancelReason | null;
  @Column('text', { name: 'created_by' }) createdBy: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity({ schema: 'core', name: 'appointment_member' })
export class AppointmentMemberEntity {
  @PrimaryColumn('uuid', { name: 'appointment_id' }) appointmentId: string;
  @PrimaryColumn('uuid', { name: 'client_id' }) clientId: string;
}

/** One resource held for one time. The exclusion constraint on this table is what makes double booking impossible. */
@Entity({ schema: 'core', name: 'claim' })
export class ClaimEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { name: 'resource_kind' }) resourceKind: ResourceKind;
  @Column('uuid', { name: 'resource_id' }) resourceId: string;
  /** `[start,end)`, so that back-to-back appointments do not collide. */
  @Column('tstzrange') during: string;
  @Column('uuid', { name: 'appointment_id' }) appointmentId: string;
}

/** Rooms and co-facilitators join here later. */
export type ResourceKind = 'clinician' | 'client';

export const schedulingEntities = [AppointmentEntity, AppointmentMemberEntity, ClaimEntity];
