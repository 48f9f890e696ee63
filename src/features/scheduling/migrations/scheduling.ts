import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Scheduling1764000400001 implements MigrationInterface {
  name = 'Scheduling1764000400001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE core.appointment (
        id uuid PRIMARY KEY,
        case_id uuid NOT NULL REFERENCES core.case_file,
        clinician_id uuid NOT NULL REFERENCES core.clinician,
        service text NOT NULL CHECK (length(service) BETWEEN 1 AND 80),
        modality text NOT NULL CHECK (modality IN ('video', 'office')),
        status text NOT NULL CHECK (status IN ('booked', 'attended', 'cancelled')),
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        time_zone text NOT NULL,
        wall_start timestamp NOT NULL,
        local_day date NOT NULL,
        version int NOT NULL CHECK (version > 0),
        cancel_reason text CHECK ((cancel_reason IS NOT NULL) = (status = 'cancelled')),
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CHECK (ends_at >= starts_at + interval '5 minutes' AND ends_at <= starts_at + interval '480 minutes')
      )`);
    // Day pages read by equality on the first two columns: PostgreSQL keeps one plan whatever the history (performance notes).
    await runner.query('CREATE INDEX appointment_day ON core.appointment (clinician_id, local_day, starts_at)');
    await runner.query('CREATE INDEX appointment_starts ON core.appointment (starts_at)');
    await runner.query('CREATE INDEX appointment_case ON core.appointment (case_id)');
    await runner.query(`
      CREATE TABLE core.appointment_member (
        appointment_id uuid NOT NULL REFERENCES core.appointment ON DELETE CASCADE,
        client_id uuid NOT NULL REFERENCES core.client,
        PRIMARY KEY (appointment_id, client_id)
      )`);
    await runner.query('CREATE INDEX appointment_member_client ON core.appointment_member (client_id, appointment_id)');
    await runner.query(`
      CREATE TABLE core.claim (
        id uuid PRIMARY KEY,
        resource_kind text NOT NULL CHECK (resource_kind IN ('clinician', 'client')),
        resource_id uuid NOT NULL,
        during tstzrange NOT NULL CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)),
        appointment_id uuid NOT NULL REFERENCES core.appointment ON DELETE CASCADE,
        CONSTRAINT claim_no_overlap EXCLUDE USING gist (resource_kind WITH =, resource_id WITH =, during WITH &&)
      )`);
    await runner.query('CREATE INDEX claim_appointment ON core.claim (appointment_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE core.claim');
    await runner.query('DROP TABLE core.appointment_member');
    await runner.query('DROP TABLE core.appointment');
  }
}
