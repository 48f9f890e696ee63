import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Single sign-on: whose identity at the provider is whose account, which group gets which role, and the owner's rules. */
export class SignOn1764000300030 implements MigrationInterface {
  name = 'SignOn1764000300030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.sign_on_identity (
        account_id uuid PRIMARY KEY REFERENCES core.account (id) ON DELETE CASCADE,
        issuer text NOT NULL,
        subject_hash bytea NOT NULL UNIQUE,
        linked_at timestamptz NOT NULL,
        last_used_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE core.sign_on_group (
        group_name text PRIMARY KEY CHECK (length(group_name) BETWEEN 1 AND 200),
        role text NOT NULL CHECK (role IN ('owner', 'clinician', 'supervisor', 'scheduler', 'biller', 'it-admin')),
        changed_by uuid NOT NULL REFERENCES core.account (id),
        changed_at timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE core.sign_on_rules (
        one boolean PRIMARY KEY DEFAULT true CHECK (one),
        groups_decide boolean NOT NULL,
        creates_accounts boolean NOT NULL,
        closes_own_ways boolean NOT NULL,
        trusted_proofs text[] NOT NULL,
        changed_by uuid NOT NULL REFERENCES core.account (id),
        changed_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE core.sign_on_rules`);
    await runner.query(`DROP TABLE core.sign_on_group`);
    await runner.query(`DROP TABLE core.sign_on_identity`);
  }
}
