import pg from 'pg';
import { DATABASE } from './socket-folder.js';

/**
 * Makes our database and the role that owns it, where missing. The server works as that role: it may make roles for plugins but is
 * no administrator, so that no statement can reach the files of the machine.
 */
export async function ensureDatabase(admin: pg.ClientConfig, password: string): Promise<void> {
  const client = new pg.Client(admin);
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) as role,
              exists (select from pg_database where datname = $1) as database`,
      [DATABASE],
    );
    if (!rows[0].role) {
      await client.query(`CREATE ROLE ${DATABASE} LOGIN CREATEROLE PASSWORD ${client.escapeLiteral(password)}`);
    }
    if (!rows[0].database) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE} TEMPLATE template0`);
  } finally {
    await client.end();
  }
}
