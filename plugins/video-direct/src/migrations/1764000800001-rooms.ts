import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Rooms, tickets and seats. */
export class Rooms1764000800001 implements MigrationInterface {
  name = 'Rooms1764000800001';

  async up(runner: QueryRunner): Promise<void> {
    const table = tables(runner);
    await runner.query(`
      CREATE TABLE ${table('room')} (
        id text PRIMARY KEY,
        capacity smallint NOT NULL CHECK (capacity BETWEEN 1 AND 2),
        turns integer NOT NULL DEFAULT 0,
        closes_at timestamptz NOT NULL,
        closed_at timestamptz
      )`);
    await runner.query(`
      CREATE TABLE ${table('ticket')} (
        hash bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
        room text NOT NULL REFERENCES ${table('room')} (id) ON DELETE CASCADE,
        participant text NOT NULL,
        role text NOT NULL CHECK (role IN ('host', 'guest')),
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        killed_at timestamptz
      )`);
    await runner.query(`CREATE INDEX ticket_room_participant ON ${table('ticket')} (room, participant)`);
    await runner.query(`CREATE INDEX ticket_expires_at ON ${table('ticket')} (expires_at)`);
    await runner.query(`
      CREATE TABLE ${table('seat')} (
        room text NOT NULL REFERENCES ${table('room')} (id) ON DELETE CASCADE,
        slot smallint NOT NULL CHECK (slot BETWEEN 0 AND 1),
        participant text NOT NULL,
        connection uuid NOT NULL,
        page text NOT NULL,
        turn integer NOT NULL,
        seen_at timestamptz NOT NULL,
        away_at timestamptz,
        PRIMARY KEY (room, slot),
        CONSTRAINT seat_participant UNIQUE (room, participant)
      )`);
    await runner.query(`CREATE INDEX seat_connection ON ${table('seat')} (connection)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const table = tables(runner);
    for (const name of ['seat', 'ticket', 'room']) await runner.query(`DROP TABLE ${table(name)}`);
  }
}

/** Names in the plugin's own schema, whatever it is called. */
function tables(runner: QueryRunner): (name: string) => string {
  const { options } = runner.connection;
  const schema = 'schema' in options ? options.schema : undefined;
  return (name) => (schema ? `"${schema}"."${name}"` : `"${name}"`);
}
