import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From which kinds of browsers and networks an account was signed in; a mark is a keyed hash of both. */
export class KnownBrowsers1764000300051 implements MigrationInterface {
  name = 'KnownBrowsers1764000300051';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.known_browser (
        account_id uuid NOT NULL REFERENCES core.account (id) ON DELETE CASCADE,
        mark bytea NOT NULL,
        first_seen timestamptz NOT NULL,
        last_seen timestamptz NOT NULL,
        PRIMARY KEY (account_id, mark)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE core.known_browser`);
  }
}
