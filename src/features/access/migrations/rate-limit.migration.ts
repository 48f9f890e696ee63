import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tries to sign in, counted for all processes together. Keys are keyed hashes of accounts and networks. */
export class RateLimit1764000300050 implements MigrationInterface {
  name = 'RateLimit1764000300050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.rate_limit (
        key bytea PRIMARY KEY,
        tries integer NOT NULL CHECK (tries >= 0),
        free_at timestamptz NOT NULL,
        forget_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX rate_limit_forget_idx ON core.rate_limit (forget_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE core.rate_limit`);
  }
}
