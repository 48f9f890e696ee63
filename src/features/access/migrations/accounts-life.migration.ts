import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * From invitation to closing: links that work once, what people ask the practice for when they cannot get in, and that a closed account
 * stays as it was closed.
 */
export class AccountsLife1764000300020 implements MigrationInterface {
  name = 'AccountsLife1764000300020';

  async up(runner: QueryRunner): Promise<void> {
    // One row per account and purpose: a newer link takes the place of the older one.
    await runner.query(`
      CREATE TABLE core.one_time_link (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES core.account (id),
        purpose text NOT NULL CHECK (purpose IN ('invite', 'reset', 'email', 'recover')),
        token_hash bytea NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
        created_by uuid REFERENCES core.account (id),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        facts jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT one_time_link_once UNIQUE (account_id, purpose)
      )`);
    await runner.query(`
      CREATE TABLE core.reset_request (
        account_id uuid PRIMARY KEY REFERENCES core.account (id),
        asked_at timestamptz NOT NULL
      )`);
    // The address somebody wants to sign in with, and the one they had, which can be put back for a while.
    await runner.query(`
      CREATE TABLE core.other_email (
        account_id uuid NOT NULL REFERENCES core.account (id),
        kind text NOT NULL CHECK (kind IN ('wanted', 'former')),
        email_enc bytea NOT NULL,
        email_index bytea NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (account_id, kind)
      )`);
    await runner.query(`
      CREATE TABLE core.recovery_request (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES core.account (id),
        opened_by uuid REFERENCES core.account (id),
        opened_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        how text NOT NULL CHECK (how IN ('in-person', 'video', 'call-back', 'server')),
        words_enc bytea,
        alone boolean NOT NULL,
        approved_by uuid REFERENCES core.account (id),
        approved_at timestamptz,
        dropped_at timestamptz,
        CONSTRAINT recovery_request_two CHECK
          (approved_by IS NULL OR (approved_by <> account_id AND (alone OR approved_by <> opened_by)))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX recovery_request_open ON core.recovery_request (account_id)
        WHERE approved_at IS NULL AND dropped_at IS NULL`);
    await runner.query(`
      CREATE TRIGGER account_closed_stays BEFORE UPDATE ON core.account
        FOR EACH ROW WHEN (OLD.state = 'closed') EXECUTE FUNCTION core.refuse_change()`);
    await runner.query(`
      CREATE TRIGGER account_kept BEFORE DELETE ON core.account
        FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TRIGGER account_kept ON core.account`);
    await runner.query(`DROP TRIGGER account_closed_stays ON core.account`);
    for (const table of ['recovery_request', 'other_email', 'reset_request', 'one_time_link'])
      await runner.query(`DROP TABLE core.${table}`);
  }
}
