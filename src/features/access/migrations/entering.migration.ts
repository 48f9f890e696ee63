import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What entering needs beyond a password: how far a sign-in has come and by what, when it was last proved, accounts that wait for their
 * first sign-in or are closed for good, and what owners made of the roles.
 */
export class Entering1764000300003 implements MigrationInterface {
  name = 'Entering1764000300003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE core.session
        DROP CONSTRAINT session_stage_check,
        ADD CONSTRAINT session_stage_check CHECK (stage IN ('half', 'enroll', 'full')),
        ADD COLUMN method text NOT NULL DEFAULT 'password' CHECK (method IN
          ('password', 'code', 'recovery-code', 'passkey', 'single-sign-on', 'link')),
        ADD COLUMN proved_at timestamptz`);
    await runner.query(`UPDATE core.session SET proved_at = created_at`);
    await runner.query(`ALTER TABLE core.session ALTER COLUMN proved_at SET NOT NULL`);
    await runner.query(`
      ALTER TABLE core.account
        DROP CONSTRAINT account_state_check,
        ADD CONSTRAINT account_state_check CHECK (state IN ('invited', 'active', 'suspended', 'closed'))`);
    await runner.query(`
      CREATE TABLE core.role_set (
        role text PRIMARY KEY CHECK (role IN
          ('owner', 'clinician', 'supervisor', 'scheduler', 'biller', 'it-admin', 'client', 'guardian')),
        permissions text[] NOT NULL,
        changed_by uuid NOT NULL REFERENCES core.account (id),
        changed_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE core.role_set`);
    await runner.query(`
      ALTER TABLE core.account
        DROP CONSTRAINT account_state_check,
        ADD CONSTRAINT account_state_check CHECK (state IN ('active', 'suspended'))`);
    await runner.query(`DELETE FROM core.session WHERE stage = 'enroll'`);
    await runner.query(`
      ALTER TABLE core.session
        DROP COLUMN proved_at,
        DROP COLUMN method,
        DROP CONSTRAINT session_stage_check,
        ADD CONSTRAINT session_stage_check CHECK (stage IN ('half', 'full'))`);
  }
}
