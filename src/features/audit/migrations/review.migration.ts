import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The weekly review: one row for each finished week of the practice, and what its rules found. */
export class AuditReview1764000700002 implements MigrationInterface {
  readonly name = 'AuditReview1764000700002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.review_week (
        week_start date PRIMARY KEY,
        rows_read bigint NOT NULL,
        prepared_at timestamptz NOT NULL,
        signed_by uuid,
        signed_at timestamptz,
        note_enc bytea,
        open_count integer,
        CHECK ((signed_at IS NULL) = (signed_by IS NULL) AND (signed_at IS NULL) = (open_count IS NULL))
      )`);
    await runner.query('CREATE INDEX review_week_unsigned ON core.review_week (week_start) WHERE signed_at IS NULL');
    await runner.query(`
      CREATE TABLE core.review_finding (
        id uuid PRIMARY KEY,
        week_start date NOT NULL REFERENCES core.review_week,
        rule text NOT NULL,
        actor_kind text NOT NULL,
        actor_id text NOT NULL,
        client_id uuid,
        first_seq bigint NOT NULL,
        last_seq bigint NOT NULL,
        first_at timestamptz NOT NULL,
        last_at timestamptz NOT NULL,
        count integer NOT NULL CHECK (count > 0),
        facts jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'fine', 'asked')),
        note_enc bytea,
        decided_by uuid,
        decided_at timestamptz,
        decided_alone boolean NOT NULL DEFAULT false,
        CHECK ((state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL))
      )`);
    // One finding for a rule, a person and a client in a week: preparing a week again adds nothing twice.
    await runner.query(`
      CREATE UNIQUE INDEX review_finding_once ON core.review_finding (week_start, rule, actor_kind, actor_id, client_id)
      NULLS NOT DISTINCT`);
    await runner.query(
      `CREATE INDEX review_finding_open ON core.review_finding (week_start, id) WHERE state <> 'fine'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE core.review_finding');
    await runner.query('DROP TABLE core.review_week');
  }
}
