import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * `waiting` until the clinician admits; `left` closed the waiting room themselves; `replaced` by another device of the same person;
 * `removed` by the clinician. An admitted arrival stays admitted while the session is open, however often its browser drops.
 */
export type ArrivalState = 'waiting' | 'admitted' | 'left' | 'replaced' | 'removed';

/** "Can you talk freely?"; `declined` is an answer too. */
export const PRIVACY = ['alone', 'near', 'no', 'declined'] as const;
export type Privacy = (typeof PRIVACY)[number];

/** One browser that came through a session link, with what the person said at the door (sealed with the key of the case). */
@Entity({ schema: 'core', name: 'arrival' })
export class ArrivalEntity {
  @PrimaryColumn('uuid') id: string;
  @Column('uuid', { name: 'encounter_id' }) encounterId: string;
  @Column('uuid', { name: 'client_id' }) clientId: string;
  /** SHA-256 of the secret in the browser's cookie. */
  @Column('bytea', { name: 'browser_hash' }) browserHash: Buffer;
  @Column('text') state: ArrivalState;
  @Column('timestamptz', { name: 'arrived_at' }) arrivedAt: Date;
  /** When the waiting page was last seen open. */
  @Column('timestamptz', { name: 'seen_at' }) seenAt: Date;
  @Column('timestamptz', { name: 'changed_at' }) changedAt: Date;
  @Column('timestamptz', { name: 'admitted_at', nullable: true }) admittedAt: Date | null;
  @Column('timestamptz', { name: 'put_back_at', nullable: true }) putBackAt: Date | null;
  @Column('text') privacy: Privacy;
  @Column('boolean', { name: 'place_declined' }) placeDeclined: boolean;
  @Column('bytea', { name: 'place_enc', nullable: true }) placeEnc: Buffer | null;
  @Column('boolean', { name: 'contact_declined' }) contactDeclined: boolean;
  @Column('bytea', { name: 'contact_enc', nullable: true }) contactEnc: Buffer | null;
  @Column('bytea', { name: 'phone_enc', nullable: true }) phoneEnc: Buffer | null;
  @Column('bytea', { name: 'message_enc', nullable: true }) messageEnc: Buffer | null;
  @Column('timestamptz', { name: 'message_at', nullable: true }) messageAt: Date | null;
}
