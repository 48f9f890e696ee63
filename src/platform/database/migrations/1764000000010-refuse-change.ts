import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A guard for tables whose rows are written once. Grants stop the runtime user; the owner of a table can grant itself anything, so a
 * trigger refuses the statement whoever sends it:
 *
 *     CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core.some_table
 *     FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_change()
 */
export class RefuseChange1764000000010 implements MigrationInterface {
  readonly name = 'RefuseChange1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION core.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'rows of %.% stay as they are: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
          USING ERRCODE = 'insufficient_privilege';
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION core.refuse_change()');
  }
}
