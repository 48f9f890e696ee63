import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people are told about their account and the practice. */
export class Notices1764001000001 implements MigrationInterface {
  name = 'Notices1764001000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.notice (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES core.account (id) ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9-]*([.][a-z][a-z0-9-]*)+$'),
        facts jsonb NOT NULL,
        href text CHECK (href ~ '^/([^/\\\\]|$)'),
        created_at timestamptz NOT NULL,
        read_at timestamptz
      )`);
    await runner.query('CREATE INDEX notice_of_account ON core.notice (account_id, id)');
    // The badge counts these on a cold page; there are few of them.
    await runner.query('CREATE INDEX notice_unread ON core.notice (account_id) WHERE read_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE core.notice');
  }
}
