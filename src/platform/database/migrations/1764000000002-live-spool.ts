import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bodies of signals too large for NOTIFY. Unlogged: signals are at most once and worth nothing after a crash. */
export class LiveSpool1764000000002 implements MigrationInterface {
  readonly name = 'LiveSpool1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE kernel.live_spool (
        id uuid PRIMARY KEY,
        body text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX live_spool_created_at ON kernel.live_spool (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE kernel.live_spool');
  }
}
