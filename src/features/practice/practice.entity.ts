import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The organisation. Nothing in it is about a person, so nothing is encrypted. */
@Entity({ schema: 'core', name: 'practice' })
export class PracticeEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text', { name: 'time_zone' }) timeZone: string;
  @Column('text', { nullable: true }) phone: string | null;
  @Column('text', { nullable: true }) email: string | null;
  @Column('text', { name: 'crisis_text', nullable: true }) crisisText: string | null;
  @Column('text', { name: 'crisis_phone', nullable: true }) crisisPhone: string | null;
  @Column('text', { name: 'emergency_text', nullable: true }) emergencyText: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

/** A site. Its address is encrypted as all addresses are: a home office is somebody's home. */
@Entity({ schema: 'core', name: 'location' })
export class LocationEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'practice_id' }) practiceId: string;
  @Column('text') name: string;
  @Column('text', { name: 'time_zone' }) timeZone: string;
  @Column('bytea', { name: 'address_enc', nullable: true }) addressEnc: Buffer | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

export const practiceEntities = [PracticeEntity, LocationEntity];
