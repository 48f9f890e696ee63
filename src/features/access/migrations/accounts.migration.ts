import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts and signed-in sessions. */
export class Accounts1764000300001 implements MigrationInterface {
  name = 'Accounts1764000300001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.account (
        id uuid PRIMARY KEY,
        role text NOT NULL CHECK (role IN
          ('owner', 'clinician', 'supervisor', 'scheduler', 'biller', 'it-admin', 'client', 'guardian')),
        person_id uuid,
        email_enc bytea NOT NULL,
        email_index bytea NOT NULL,
        password_hash text,
        password_changed_at timestamptz,
        totp_enc bytea,
        totp_last_step integer,
        totp_pending_enc bytea,
        totp_pending_at timestamptz,
        state text NOT NULL CHECK (state IN ('active', 'suspended')),
        time_zone text NOT NULL,
        locale text NOT NULL,
        names_hidden boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        CONSTRAINT account_email_key UNIQUE (email_index)
      )`);
    await runner.query(`CREATE INDEX account_person_idx ON core.account (person_id) WHERE person_id IS NOT NULL`);
    await runner.query(`
      CREATE TABLE core.session (
        id_hash bytea PRIMARY KEY,
        ref uuid NOT NULL UNIQUE,
        account_id uuid NOT NULL REFERENCES core.account (id) ON DELETE CASCADE,
        stage text NOT NULL CHECK (stage IN ('half', 'full')),
        next_path text,
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        absolute_until timestamptz NOT NULL,
        idle_minutes smallint NOT NULL CHECK (idle_minutes BETWEEN 1 AND 60),
        browser text NOT NULL,
        ip inet
      )`);
    await runner.query(`CREATE INDEX session_account_idx ON core.session (account_id)`);
    await runner.query(`CREATE INDEX session_end_idx ON core.session (absolute_until)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE core.session`);
    await runner.query(`DROP TABLE core.account`);
  }
}
