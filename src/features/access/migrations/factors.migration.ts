import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passkeys, the questions that were answered already, recovery codes. */
export class Factors1764000300010 implements MigrationInterface {
  name = 'Factors1764000300010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.passkey (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES core.account (id) ON DELETE CASCADE,
        credential_id bytea NOT NULL UNIQUE CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
        public_key bytea NOT NULL,
        counter bigint NOT NULL CHECK (counter >= 0),
        transports text[] NOT NULL,
        backed_up boolean NOT NULL,
        aaguid uuid NOT NULL,
        label_enc bytea NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz
      )`);
    await runner.query(`CREATE INDEX passkey_account_idx ON core.passkey (account_id)`);
    await runner.query(`
      CREATE TABLE core.used_challenge (
        nonce_hash bytea PRIMARY KEY,
        until timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX used_challenge_until_idx ON core.used_challenge (until)`);
    await runner.query(`
      CREATE TABLE core.recovery_code (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES core.account (id) ON DELETE CASCADE,
        code_hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        CONSTRAINT recovery_code_key UNIQUE (account_id, code_hash)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE core.recovery_code`);
    await runner.query(`DROP TABLE core.used_challenge`);
    await runner.query(`DROP TABLE core.passkey`);
  }
}
