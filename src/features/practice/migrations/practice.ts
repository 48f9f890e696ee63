import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Practice1764000100001 implements MigrationInterface {
  name = 'Practice1764000100001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.practice (
        id uuid PRIMARY KEY,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        time_zone text NOT NULL,
        phone text,
        email text,
        crisis_text text,
        crisis_phone text,
        emergency_text text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    // One practice per database: two first runs that race end in one practice and one clear error.
    await runner.query('CREATE UNIQUE INDEX practice_only_one ON core.practice ((true))');
    await runner.query(`
      CREATE TABLE core.location (
        id uuid PRIMARY KEY,
        practice_id uuid NOT NULL REFERENCES core.practice,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        time_zone text NOT NULL,
        address_enc bytea,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE core.location');
    await runner.query('DROP TABLE core.practice');
  }
}
