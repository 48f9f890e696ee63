import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes for reading the audit: by time (a page of a day or of a week finds where it begins and ends), what was refused (rare among
 * millions), and the batch that holds a row. Built without stopping the writers of an audit that has grown; repeatable.
 */
export class AuditReading1764000700001 implements MigrationInterface {
  readonly name = 'AuditReading1764000700001';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // A build that was broken off leaves an index that is not valid and would be taken for the finished one.
    for (const index of ['audit_event_time', 'audit_event_refused', 'audit_batch_rows'])
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS core.${index}`);
    await runner.query('CREATE INDEX CONCURRENTLY audit_event_time ON core.audit_event (at, seq)');
    await runner.query(
      `CREATE INDEX CONCURRENTLY audit_event_refused ON core.audit_event (at, seq) WHERE outcome <> 'ok'`,
    );
    await runner.query(
      `CREATE INDEX CONCURRENTLY audit_batch_rows ON core.audit_batch USING gist (int8range(from_seq, to_seq, '[]'))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['audit_event_time', 'audit_event_refused', 'audit_batch_rows'])
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS core.${index}`);
  }
}
