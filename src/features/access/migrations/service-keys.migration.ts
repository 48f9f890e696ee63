import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Programs that act for the practice, and their keys. Neither is ever deleted: an id in the audit means one program for ever. Of a key
 * only a hash is stored.
 */
export class ServiceKeys1764000300040 implements MigrationInterface {
  name = 'ServiceKeys1764000300040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.service_principal (
        id uuid PRIMARY KEY,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
        about text NOT NULL CHECK (length(about) <= 400),
        state text NOT NULL CHECK (state IN ('active', 'ended')),
        created_by uuid NOT NULL REFERENCES core.account (id),
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        CHECK ((state = 'ended') = (ended_at IS NOT NULL))
      )`);
    await runner.query(`
      CREATE TABLE core.api_key (
        id uuid PRIMARY KEY,
        principal_id uuid NOT NULL REFERENCES core.service_principal (id),
        prefix text NOT NULL UNIQUE,
        secret_hash bytea NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
        scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
        created_by uuid NOT NULL REFERENCES core.account (id),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL CHECK (expires_at > created_at AND expires_at <= created_at + interval '366 days'),
        last_used_at timestamptz,
        last_used_ip inet,
        revoked_at timestamptz,
        warned_at timestamptz
      )`);
    await runner.query('CREATE INDEX api_key_principal ON core.api_key (principal_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE core.api_key');
    await runner.query('DROP TABLE core.service_principal');
  }
}
