import { randomBytes } from 'node:crypto';
import pg from 'pg';

export interface TestDatabase {
  readonly name: string;
  /** `postgres://` URL with the socket directory in `host`. */
  readonly url: string;
  readonly connection: pg.ClientConfig;
  close(): Promise<void>;
}

const server = (): pg.ClientConfig => JSON.parse(process.env.TEST_POSTGRES ?? '{}') as pg.ClientConfig;

/** A new empty database (or a copy of `template`) in the PostgreSQL of this test run. */
export async function freshDatabase(template = 'template0'): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await admin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const connection = { ...server(), database: name };
  const url = `postgres://${connection.user}:${String(connection.password)}@/${name}?host=${encodeURIComponent(String(connection.host))}`;
  return { name, url, connection, close: () => drop(name) };
}

/** Roles belong to the whole server: the runtime user that a server made for this database goes with it. */
async function drop(name: string): Promise<void> {
  await admin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin(`DROP ROLE IF EXISTS ${name}_app`);
}

async function admin(statement: string): Promise<void> {
  const client = new pg.Client(server());
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
