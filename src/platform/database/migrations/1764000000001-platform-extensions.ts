import type { MigrationInterface, QueryRunner } from 'typeorm';

/** btree_gist lets one exclusion constraint compare a resource by equality and its time by overlap. It is a trusted extension: the owner of the database may add it. */
export class PlatformExtensions1764000000001 implements MigrationInterface {
  readonly name = 'PlatformExtensions1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS btree_gist');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP EXTENSION IF EXISTS btree_gist');
  }
}
