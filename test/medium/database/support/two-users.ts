import { mkdtempSync, rmSync } from 'node:fs';
import pg from 'pg';
import { openGroundOn, type OpenedGround } from '../../../../src/open-ground.js';
import { loadConfig } from '../../../../src/platform/config/load-config.js';
import { newKeyRing } from '../../../../src/platform/crypto/key-ring.js';
import type { ConnectionSettings } from '../../../../src/platform/database/connection-settings.js';
import { parseDatabaseUrl } from '../../../../src/platform/database/connection-settings.js';
import { freshDatabase, type TestDatabase } from '../../../support/database.js';

/** A database whose owner is no administrator, as real ones are, with what it takes to start on it. */
export class OwnedDatabase {
  private readonly folder = mkdtempSync('/tmp/alcove-roles-');
  private readonly keys = newKeyRing();
  private readonly open: OpenedGround[] = [];

  private constructor(
    private readonly database: TestDatabase,
    readonly owner: ConnectionSettings,
  ) {}

  /** @param attributes of the owner, such as CREATEROLE. */
  static async make(attributes = ''): Promise<OwnedDatabase> {
    const database = await freshDatabase();
    const owner = { ...parseDatabaseUrl(database.url), user: `${database.name}_owner`, password: 'owner' };
    const owned = new OwnedDatabase(database, owner);
    await owned.admin(`CREATE ROLE ${owner.user} LOGIN ${attributes} PASSWORD 'owner'`);
    await owned.admin(`ALTER DATABASE ${database.name} OWNER TO ${owner.user}`);
    return owned;
  }

  get name(): string {
    return this.database.name;
  }

  /** The name the server gives to a runtime user it makes. */
  get app(): string {
    return `${this.name}_app`;
  }

  /** As the administrator of the PostgreSQL. */
  async admin(statements: string): Promise<void> {
    await withClient(this.database.connection, (client) => client.query(statements));
  }

  /** What PostgreSQL keeps of a password. */
  verifier(role: string): Promise<string> {
    return withClient(this.database.connection, async (client) => {
      const { rows } = await client.query<{ kept: string }>(
        'SELECT rolpassword AS kept FROM pg_authid WHERE rolname = $1',
        [role],
      );
      return rows[0].kept;
    });
  }

  /** As the owner, or as somebody else in the same database. */
  as<T>(who: Pick<ConnectionSettings, 'user' | 'password'>, work: (client: pg.Client) => Promise<T>): Promise<T> {
    return withClient({ ...this.owner, ...who }, work);
  }

  /** Prepares and opens the database as a server does at its start. */
  async start(env: Readonly<Record<string, string>> = {}, keys = this.keys): Promise<OpenedGround> {
    const config = loadConfig({
      DATABASE_URL: urlOf(this.owner),
      ALCOVE_DATA_DIR: this.folder,
      NODE_ENV: 'test',
      ...env,
    });
    const ground = await openGroundOn(config, this.owner, undefined, keys);
    this.open.push(ground);
    return ground;
  }

  /** Address of a user of this database. */
  url(user: string, password: string): string {
    return urlOf({ ...this.owner, user, password });
  }

  async close(): Promise<void> {
    for (const ground of this.open) await ground.dataSource.destroy();
    await this.database.close();
    // Its database is gone, and with it all that the role owned.
    const { connection } = this.database;
    await withClient({ ...connection, database: 'postgres' }, (client) => client.query(`DROP ROLE ${this.owner.user}`));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The SQLSTATE a statement is refused with, or `done`. What it did is undone. */
export async function refusal(client: pg.Client, statement: string): Promise<string> {
  await client.query('BEGIN');
  try {
    await client.query(statement);
    return 'done';
  } catch (error) {
    return (error as pg.DatabaseError).code ?? String(error);
  } finally {
    await client.query('ROLLBACK');
  }
}

const urlOf = ({ user, password, database, host }: ConnectionSettings): string =>
  `postgres://${user}:${String(password)}@/${database}?host=${encodeURIComponent(host)}`;

async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
