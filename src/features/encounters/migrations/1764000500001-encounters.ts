import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The door: links, sessions (encounters), who came through which browser, and presence. References to appointments and people are
 * plain ids: those tables belong to other features.
 */
export class Encounters1764000500001 implements MigrationInterface {
  name = 'Encounters1764000500001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE core.session_link (
      id uuid PRIMARY KEY,
      appointment_id uuid NOT NULL,
      client_id uuid NOT NULL,
      version integer NOT NULL DEFAULT 1 CHECK (version BETWEEN 1 AND 1000000),
      created_at timestamptz NOT NULL,
      revised_at timestamptz,
      UNIQUE (appointment_id, client_id)
    )`);
    await runner.query(`CREATE TABLE core.encounter (
      id uuid PRIMARY KEY,
      appointment_id uuid NOT NULL UNIQUE,
      clinician_id uuid NOT NULL,
      case_id uuid NOT NULL,
      room text NOT NULL UNIQUE,
      state text NOT NULL CHECK (state IN ('open', 'ended')),
      opened_at timestamptz NOT NULL,
      opened_by text NOT NULL CHECK (opened_by IN ('clinician', 'client')),
      hosted_at timestamptz,
      room_opened_at timestamptz,
      closes_at timestamptz NOT NULL,
      ended_at timestamptz,
      end_reason text CHECK (end_reason IN ('ended', 'cancelled', 'expired')),
      CHECK ((state = 'ended') = (ended_at IS NOT NULL AND end_reason IS NOT NULL))
    )`);
    await runner.query(`CREATE INDEX encounter_open ON core.encounter (clinician_id) WHERE state = 'open'`);
    await runner.query(`CREATE INDEX encounter_closes ON core.encounter (closes_at) WHERE state = 'open'`);
    await runner.query(`CREATE TABLE core.encounter_participant (
      ref text PRIMARY KEY,
      encounter_id uuid NOT NULL REFERENCES core.encounter (id),
      person_id uuid NOT NULL,
      role text NOT NULL CHECK (role IN ('host', 'guest')),
      UNIQUE (encounter_id, person_id)
    )`);
    await runner.query(`CREATE TABLE core.arrival (
      id uuid PRIMARY KEY,
      encounter_id uuid NOT NULL REFERENCES core.encounter (id),
      client_id uuid NOT NULL,
      browser_hash bytea NOT NULL,
      state text NOT NULL CHECK (state IN ('waiting', 'admitted', 'left', 'replaced', 'removed')),
      arrived_at timestamptz NOT NULL,
      seen_at timestamptz NOT NULL,
      changed_at timestamptz NOT NULL,
      admitted_at timestamptz,
      put_back_at timestamptz,
      privacy text NOT NULL CHECK (privacy IN ('alone', 'near', 'no', 'declined')),
      place_declined boolean NOT NULL,
      place_enc bytea,
      contact_declined boolean NOT NULL,
      contact_enc bytea,
      phone_enc bytea,
      message_enc bytea,
      message_at timestamptz,
      UNIQUE (encounter_id, client_id, browser_hash),
      CHECK (place_declined = (place_enc IS NULL)),
      CHECK (contact_declined = (contact_enc IS NULL)),
      CHECK ((message_enc IS NULL) = (message_at IS NULL))
    )`);
    await runner.query(
      `CREATE UNIQUE INDEX arrival_one_admitted ON core.arrival (encounter_id, client_id) WHERE state = 'admitted'`,
    );
    await runner.query(`CREATE TABLE core.attendance (
      id uuid PRIMARY KEY,
      participant text NOT NULL REFERENCES core.encounter_participant (ref),
      page text NOT NULL,
      from_at timestamptz NOT NULL,
      last_at timestamptz NOT NULL,
      until_at timestamptz,
      CHECK (last_at >= from_at),
      CHECK (until_at IS NULL OR until_at >= from_at)
    )`);
    await runner.query(`CREATE INDEX attendance_participant ON core.attendance (participant, from_at)`);
    await runner.query(
      `CREATE UNIQUE INDEX attendance_open ON core.attendance (participant, page) WHERE until_at IS NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['attendance', 'arrival', 'encounter_participant', 'encounter', 'session_link']) {
      await runner.query(`DROP TABLE core.${table}`);
    }
  }
}
