import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Charts that were opened outside somebody's care. The words can be read by owners alone; whose chart, why and how long cannot be
 * changed by any page. Accounts are references here: their table is younger than this one in a new installation.
 */
export class EmergencyAccess1764000200010 implements MigrationInterface {
  name = 'EmergencyAccess1764000200010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.emergency_access (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL,
        person_id uuid REFERENCES core.person,
        client_id uuid NOT NULL REFERENCES core.client,
        why text NOT NULL CHECK (why IN ('danger', 'cover', 'other')),
        reason_enc bytea NOT NULL,
        opened_at timestamptz NOT NULL,
        until_at timestamptz NOT NULL,
        closed_at timestamptz,
        looked_at timestamptz,
        looked_by uuid,
        CONSTRAINT emergency_access_short CHECK (until_at > opened_at AND until_at <= opened_at + interval '60 minutes'),
        CONSTRAINT emergency_access_closed CHECK (closed_at IS NULL OR (closed_at >= opened_at AND closed_at <= until_at)),
        CONSTRAINT emergency_access_looked CHECK ((looked_at IS NULL) = (looked_by IS NULL))
      )`);
    // One at a time for a person and a chart: reopening is a new act with a reason of its own.
    await runner.query(
      'CREATE UNIQUE INDEX emergency_access_open ON core.emergency_access (account_id, client_id) WHERE closed_at IS NULL',
    );
    await runner.query('CREATE INDEX emergency_access_end ON core.emergency_access (until_at) WHERE closed_at IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE core.emergency_access');
  }
}
