import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For which master key somebody has shown that the recovery kit was written down. */
export class KitConfirmation1764000300002 implements MigrationInterface {
  name = 'KitConfirmation1764000300002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.kit_confirmation (
        master_id text PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES core.account (id),
        confirmed_at timestamptz NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE core.kit_confirmation`);
  }
}
