import { grantChanges, standingStatements } from './grants.js';
import { quoted } from './identifiers.js';
import type { Held, RoleFacts } from './role-facts.js';
import { RUNTIME_SCHEMAS, type TableGrants } from './table-grants.js';

export interface DbaScriptOptions {
  /** Name of the runtime user. */
  readonly role: string;
  /** Its facts, or those of anybody else in this database where it is not there yet. */
  readonly facts: RoleFacts;
  readonly exists: boolean;
  readonly grants: readonly TableGrants[];
}

/** What somebody replaces before running the script. */
export const PLACEHOLDER = 'choose-a-long-password';

/** What an administrator of PostgreSQL runs where the server may not make its runtime user: statements for psql, with remarks. */
export function dbaScript({ role, facts, exists, grants }: DbaScriptOptions): string {
  const database = quoted(facts.database.name);
  const owner = quoted(facts.reader);
  const app = quoted(role);
  const ready = RUNTIME_SCHEMAS.every((schema) => facts.schemas.some(({ name }) => name === schema));
  const rights = ready ? rightsOf(exists ? facts : strangerOf(facts, role), grants) : [];
  return [
    `-- Two users for the database ${facts.database.name}: ${facts.reader} owns the tables, ${role} works with their rows.`,
    '',
    `-- 1. As an administrator, connected to the database ${facts.database.name}. Replace the password.`,
    exists
      ? `-- The role ${role} is there.`
      : `CREATE ROLE ${app} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT PASSWORD '${PLACEHOLDER}';`,
    `GRANT CONNECT ON DATABASE ${database} TO ${owner}, ${app};`,
    `GRANT CREATE ON DATABASE ${database} TO ${owner};`,
    `REVOKE CREATE, TEMPORARY ON DATABASE ${database} FROM ${app}, PUBLIC;`,
    `REVOKE CREATE ON SCHEMA public FROM ${app}, PUBLIC;`,
    'CREATE EXTENSION IF NOT EXISTS btree_gist;',
    '-- Keeps values out of the log of PostgreSQL, for both users.',
    `ALTER DATABASE ${database} SET log_error_verbosity TO 'terse';`,
    '',
    `-- 2. As ${facts.reader}. The server does this itself at every start, after migrating.`,
    ...(ready
      ? rights.map((statement) => `${statement};`)
      : ['-- There are no tables yet; the first start makes them.']),
    '',
    `-- 3. For the server, beside DATABASE_URL: DATABASE_APP_URL=postgres://${encodeURIComponent(role)}:<the password>@<host>:<port>/${encodeURIComponent(facts.database.name)}`,
    '',
  ].join('\n');
}

function rightsOf(facts: RoleFacts, grants: readonly TableGrants[]): string[] {
  const changes = grantChanges(facts, grants).filter(({ object }) => !object.startsWith('DATABASE '));
  return [...standingStatements(facts.role), ...changes.flatMap(({ statements }) => statements)];
}

/** The facts of a role that is still to be made: it holds nothing. */
function strangerOf(facts: RoleFacts, role: string): RoleFacts {
  const nothing = (all: readonly Held[]): Held[] => all.map(({ name }) => ({ name, held: [] }));
  return {
    ...facts,
    role,
    schemas: nothing(facts.schemas),
    tables: nothing(facts.tables),
    sequences: nothing(facts.sequences),
  };
}
