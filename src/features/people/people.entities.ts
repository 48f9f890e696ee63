import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AssignmentKind, CaseKind, ClientStatus } from './people.model.js';

/** A human being, once. What they are to the practice is in the tables that share this id. */
@Entity({ schema: 'core', name: 'person' })
export class PersonEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('bytea', { name: 'legal_name_enc' }) legalNameEnc: Buffer;
  @Column('bytea', { name: 'chosen_name_enc', nullable: true }) chosenNameEnc: Buffer | null;
  @Column('bytea', { name: 'pronouns_enc', nullable: true }) pronounsEnc: Buffer | null;
  @Column('bytea', { name: 'birth_enc', nullable: true }) birthEnc: Buffer | null;
  @Column('bytea', { name: 'email_enc', nullable: true }) emailEnc: Buffer | null;
  @Column('bytea', { name: 'phone_enc', nullable: true }) phoneEnc: Buffer | null;
  @Column('bytea', { name: 'email_index', nullable: true }) emailIndex: Buffer | null;
  @Column('bytea', { name: 'phone_index', nullable: true }) phoneIndex: Buffer | null;
  @Column('text', { name: 'time_zone' }) timeZone: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

/** The client number is given by the database, in order of arrival. */
@Entity({ schema: 'core', name: 'client' })
export class ClientEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') status: ClientStatus;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity({ schema: 'core', name: 'clinician' })
export class ClinicianEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { nullable: true }) credential: string | null;
  @Column('text') status: 'active' | 'ended';
  @Column('smallint') color: number;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

/** Somebody who works here without seeing clients: owner, scheduler, biller, IT. */
@Entity({ schema: 'core', name: 'staff_member' })
export class StaffMemberEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity({ schema: 'core', name: 'case_file' })
export class CaseFileEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') kind: CaseKind;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

@Entity({ schema: 'core', name: 'case_member' })
export class CaseMemberEntity {
  @PrimaryColumn('uuid', { name: 'case_id' }) caseId: string;
  @PrimaryColumn('uuid', { name: 'client_id' }) clientId: string;
}

@Entity({ schema: 'core', name: 'assignment' })
export class AssignmentEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  @Column('uuid', { name: 'clinician_id' }) clinicianId: string;
  @Column('text') kind: AssignmentKind;
  @Column('timestamptz', { name: 'from_at' }) fromAt: Date;
  @Column('timestamptz', { name: 'until_at', nullable: true }) untilAt: Date | null;
}

/** Somebody with dated rights towards a client. */
@Entity({ schema: 'core', name: 'relationship' })
export class RelationshipEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  @Column('uuid', { name: 'person_id' }) personId: string;
  @Column('text') kind: 'guardian' | 'representative' | 'payer';
  @Column('text', { array: true }) rights: string[];
  @Column('date', { name: 'from_on' }) fromOn: string;
  @Column('date', { name: 'until_on', nullable: true }) untilOn: string | null;
}

export const peopleEntities = [
  PersonEntity,
  ClientEntity,
  ClinicianEntity,
  StaffMemberEntity,
  CaseFileEntity,
  CaseMemberEntity,
  AssignmentEntity,
  RelationshipEntity,
];
