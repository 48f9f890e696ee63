import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Wrapped data keys, and what tells the right key ring from a wrong one. */
export class Crypto1764000020001 implements MigrationInterface {
  readonly name = 'Crypto1764000020001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE core.data_key (
        id uuid PRIMARY KEY,
        class text NOT NULL,
        version integer NOT NULL CHECK (version > 0),
        kek_id text NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        retired_at timestamptz,
        UNIQUE (class, version)
      )`);
    await queryRunner.query('CREATE UNIQUE INDEX data_key_current ON core.data_key (class) WHERE retired_at IS NULL');
    await queryRunner.query(`
      CREATE TABLE core.key_check (
        key_id text PRIMARY KEY,
        check_value bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE core.key_check');
    await queryRunner.query('DROP TABLE core.data_key');
  }
}
