import type { QueryRunner } from 'typeorm';
import { quoted, roleNameFor, scramVerifier } from '../../platform/database/roles/identifiers.js';

export const schemaOf = (pluginId: string): string => `plugin_${pluginId.replaceAll('-', '_')}`;

export const roleOf = (database: string, pluginId: string): string => roleNameFor(database, schemaOf(pluginId));

/** The plugin's login role, made or brought up to date; undefined where the owner of the database may not create roles. */
export async function ensurePluginRole(
  owner: QueryRunner,
  pluginId: string,
  password: string,
): Promise<string | undefined> {
  const [me] = (await owner.query(
    `SELECT rolsuper AS super, rolcreaterole AS create, current_database() AS database,
            current_setting('server_version_num')::int AS version
       FROM pg_roles WHERE rolname = current_user`,
  )) as [{ super: boolean; create: boolean; database: string; version: number }];
  if (!me.super && !me.create) return undefined;
  const name = roleOf(me.database, pluginId);
  const [{ there }] = (await owner.query('SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS there', [
    name,
  ])) as [{ there: boolean }];
  // The server gets a verifier, never the password itself: statements may be logged.
  const login = `LOGIN PASSWORD '${scramVerifier(password)}'`;
  // Only a role that has an attribute itself may change it in another (PostgreSQL 16 on), so they are set once, when it is made.
  await owner.query(
    there
      ? `ALTER ROLE ${quoted(name)} ${login}`
      : `CREATE ROLE ${quoted(name)} NOCREATEDB NOCREATEROLE NOINHERIT ${login}`,
  );
  // From PostgreSQL 16 on, whoever creates a role is not thereby allowed to act as it.
  if (!me.super)
    await owner.query(`GRANT ${quoted(name)} TO CURRENT_USER${me.version >= 160_000 ? ' WITH SET TRUE' : ''}`);
  return name;
}

/** True when the schema was made just now. */
export async function ensurePluginSchema(
  owner: QueryRunner,
  pluginId: string,
  role: string | undefined,
): Promise<boolean> {
  const schema = schemaOf(pluginId);
  const [{ there }] = (await owner.query('SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS there', [
    schema,
  ])) as [{ there: boolean }];
  if (there) return false;
  await owner.query(`CREATE SCHEMA ${quoted(schema)}${role ? ` AUTHORIZATION ${quoted(role)}` : ''}`);
  return true;
}

/** Lets a role work with the rows of a plugin's schema that somebody else owns. */
export async function grantPluginSchema(owner: QueryRunner, pluginId: string, role: string): Promise<void> {
  const schema = quoted(schemaOf(pluginId));
  const to = quoted(role);
  for (const statement of [
    `GRANT USAGE ON SCHEMA ${schema} TO ${to}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${to}`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${to}`,
    `REVOKE INSERT, UPDATE, DELETE ON ${schema}.migration FROM ${to}`,
  ])
    await owner.query(statement);
}
