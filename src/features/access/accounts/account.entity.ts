import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from '../../../platform/access/principal.js';

/**
 * `invited` waits for the first sign-in, `active` can sign in, `suspended` cannot for now, `closed` never again: its address is free for
 * another account, its row stays for the audit.
 */
export type AccountState = 'invited' | 'active' | 'suspended' | 'closed';

/** Somebody who can sign in. Ids are never reused; a suspended or closed account keeps its row for the audit. */
@Entity({ schema: 'core', name: 'account' })
export class AccountEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('text') role: Role;
  /** The person (client, clinician, staff) this account is. */
  @Column('uuid', { name: 'person_id', nullable: true }) personId: string | null;
  @Column('bytea', { name: 'email_enc' }) emailEnc: Buffer;
  /** Keyed hash of the case-folded address: unique, and the only way to look an account up by it. */
  @Column('bytea', { name: 'email_index' }) emailIndex: Buffer;
  /** Argon2id PHC string; null until a password is set. */
  @Column('text', { name: 'password_hash', nullable: true }) passwordHash: string | null;
  @Column('timestamptz', { name: 'password_changed_at', nullable: true }) passwordChangedAt: Date | null;
  @Column('bytea', { name: 'totp_enc', nullable: true }) totpEnc: Buffer | null;
  /** Last 30-second step a code was accepted for, so that no code works twice, in any process. */
  @Column('integer', { name: 'totp_last_step', nullable: true }) totpLastStep: number | null;
  /** A secret that is shown but not yet confirmed by a code. */
  @Column('bytea', { name: 'totp_pending_enc', nullable: true }) totpPendingEnc: Buffer | null;
  @Column('timestamptz', { name: 'totp_pending_at', nullable: true }) totpPendingAt: Date | null;
  @Column('text') state: AccountState;
  @Column('text', { name: 'time_zone' }) timeZone: string;
  @Column('text') locale: string;
  /** "Hide names": the person's own wish for every page, until they turn it off. */
  @Column('boolean', { name: 'names_hidden' }) namesHidden: boolean;
  @Column('timestamptz', { name: 'created_at' }) createdAt: Date;
}

/** For the DataSource of the composition root. */
export const accessEntities = [AccountEntity];
