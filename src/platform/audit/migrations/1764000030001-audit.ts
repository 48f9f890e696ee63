import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit. `audit_event` and `audit_batch` are append-only: triggers refuse every change, whoever asks. `audit_pending` lists the
 * rows that no batch holds yet; an insert adds to it and the sealer takes from it.
 */
export class Audit1764000030001 implements MigrationInterface {
  readonly name = 'Audit1764000030001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE core.audit_event (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id uuid NOT NULL UNIQUE,
        at timestamptz NOT NULL,
        actor_kind text NOT NULL,
        actor_id text NOT NULL,
        role text,
        session_ref text,
        request_id text,
        ip inet,
        action text NOT NULL,
        object text,
        client_id uuid,
        outcome text NOT NULL,
        reason text,
        facts jsonb,
        leaf bytea NOT NULL
      )`);
    await queryRunner.query(
      'CREATE INDEX audit_event_client ON core.audit_event (client_id, seq) WHERE client_id IS NOT NULL',
    );
    await queryRunner.query(
      'CREATE INDEX audit_event_object ON core.audit_event (object, seq) WHERE object IS NOT NULL',
    );
    await queryRunner.query('CREATE INDEX audit_event_actor ON core.audit_event (actor_id, seq)');
    await queryRunner.query(`CREATE INDEX audit_event_trouble ON core.audit_event (action, at) WHERE outcome <> 'ok'`);
    await queryRunner.query('CREATE INDEX audit_event_at ON core.audit_event USING brin (at)');
    // Rows come and go each second: the usual fifth of a table would let thousands of dead ones pile up in a tiny one.
    await queryRunner.query(`
      CREATE TABLE core.audit_pending (seq bigint NOT NULL)
      WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`);
    await queryRunner.query(`
      CREATE TABLE core.audit_batch (
        no bigint PRIMARY KEY,
        from_seq bigint NOT NULL,
        to_seq bigint NOT NULL,
        row_count integer NOT NULL,
        total bigint NOT NULL,
        members bytea NOT NULL,
        rows_hash bytea NOT NULL,
        prev_hash bytea NOT NULL,
        hash bytea NOT NULL,
        signature bytea NOT NULL,
        sealed_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`
      CREATE FUNCTION core.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the audit is append-only: % on %.% refused', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
          USING ERRCODE = 'insufficient_privilege';
      END $$`);
    for (const table of ['audit_event', 'audit_batch']) {
      await queryRunner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON core.${table}
        FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_audit_change()`);
    }
    await queryRunner.query(`
      CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON core.audit_pending
      FOR EACH STATEMENT EXECUTE FUNCTION core.refuse_audit_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['audit_batch', 'audit_pending', 'audit_event']) {
      await queryRunner.query(`DROP TABLE core.${table}`);
    }
    await queryRunner.query('DROP FUNCTION core.refuse_audit_change()');
  }
}
