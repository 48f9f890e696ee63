import type { DataSource, QueryRunner } from 'typeorm';
import { RUNTIME_SCHEMAS } from './table-grants.js';

/** Something that answers statements: a pool, or one connection of it. */
export type Queryable = Pick<DataSource | QueryRunner, 'query'>;

export interface Held {
  /** `schema.name`, or the name alone for a schema. */
  readonly name: string;
  /** Rights that hold in effect, through whatever: granted, granted to everybody, by membership, as owner. */
  readonly held: readonly string[];
}

/** What a role can do in one database, as the catalog says. */
export interface RoleFacts {
  readonly role: string;
  /** The user the facts were read as; the owner of what the migrations make. */
  readonly reader: string;
  readonly database: Held;
  /** Attributes such as SUPERUSER, in the words of ALTER ROLE. */
  readonly attributes: readonly string[];
  /** Roles it can act as. */
  readonly memberOf: readonly string[];
  /** What it owns here, in words, at most twenty. */
  readonly owns: readonly string[];
  readonly schemas: readonly Held[];
  readonly tables: readonly Held[];
  /** Sequences behind identity columns are left out: nobody needs a right on them. */
  readonly sequences: readonly Held[];
  readonly functions: readonly Held[];
  /** Statements each table refuses by a trigger, whoever sends them. */
  readonly guards: ReadonlyMap<string, readonly string[]>;
}

const TRIGGER_BITS = { DELETE: 8, UPDATE: 16, TRUNCATE: 32 } as const;

/** Reads them; null where there is no such role. */
export async function readRoleFacts(database: Queryable, role: string): Promise<RoleFacts | null> {
  const [one] = (await database.query(ROLE, [role])) as RoleRow[];
  if (!one) return null;
  const schemas = [...RUNTIME_SCHEMAS];
  const ask = async (text: string, values: unknown[]): Promise<Held[]> =>
    (await database.query(text, values)) as Held[];
  const guards = (await database.query(GUARDS, [schemas])) as { name: string; type: number }[];
  return {
    role,
    reader: one.reader,
    database: { name: one.database, held: one.held },
    attributes: one.attributes,
    memberOf: one.member_of,
    owns: one.owns,
    schemas: await ask(SCHEMAS, [role]),
    tables: await ask(TABLES, [role, schemas, tableRights(one.version)]),
    sequences: await ask(SEQUENCES, [role, schemas]),
    functions: await ask(FUNCTIONS, [role, schemas]),
    guards: new Map(guards.map(({ name, type }) => [name, refusedBy(type)])),
  };
}

interface RoleRow {
  readonly reader: string;
  readonly database: string;
  readonly version: number;
  readonly held: readonly string[];
  readonly attributes: readonly string[];
  readonly member_of: readonly string[];
  readonly owns: readonly string[];
}

const TABLE_RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

/** PostgreSQL 17 added MAINTAIN (VACUUM, ANALYZE, REINDEX). */
const tableRights = (version: number): string[] => (version >= 170_000 ? [...TABLE_RIGHTS, 'MAINTAIN'] : TABLE_RIGHTS);

const refusedBy = (type: number): string[] =>
  Object.entries(TRIGGER_BITS)
    .filter(([, bit]) => (type & bit) !== 0)
    .map(([statement]) => statement);

const ROLE = `
  SELECT current_user::text AS reader, current_database()::text AS database,
         current_setting('server_version_num')::int AS version,
         ARRAY (SELECT word FROM unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) AS word
                 WHERE has_database_privilege(r.oid, current_database(), word)) AS held,
         ARRAY (SELECT word FROM (VALUES ('SUPERUSER', r.rolsuper), ('CREATEROLE', r.rolcreaterole),
                                         ('CREATEDB', r.rolcreatedb), ('REPLICATION', r.rolreplication),
                                         ('BYPASSRLS', r.rolbypassrls)) AS a (word, has) WHERE has) AS attributes,
         ARRAY (SELECT other.rolname::text FROM pg_roles other
                 WHERE NOT r.rolsuper AND other.oid <> r.oid AND pg_has_role(r.oid, other.oid, 'MEMBER')
                   AND other.rolname <> 'pg_database_owner' ORDER BY 1) AS member_of,
         ARRAY (SELECT pg_describe_object(classid, objid, objsubid) FROM pg_shdepend
                 WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid AND deptype = 'o'
                   AND (dbid = d.oid OR (classid = 'pg_database'::regclass AND objid = d.oid))
                 ORDER BY 1 LIMIT 20) AS owns
    FROM pg_roles r JOIN pg_database d ON d.datname = current_database()
   WHERE r.rolname = $1`;

const SCHEMAS = `
  SELECT nspname::text AS name,
         ARRAY (SELECT word FROM unnest(ARRAY['USAGE', 'CREATE']) AS word WHERE has_schema_privilege($1, n.oid, word)) AS held
    FROM pg_namespace n
   WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
   ORDER BY 1`;

/** A right on one column counts as the right: it is enough to change what must not be changed. */
const TABLES = `
  SELECT n.nspname || '.' || c.relname AS name,
         ARRAY (SELECT word FROM unnest($3::text[]) AS word
                 WHERE has_table_privilege($1, c.oid, word)
                    OR (word IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND has_any_column_privilege($1, c.oid, word))) AS held
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = ANY ($2) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
   ORDER BY 1`;

const SEQUENCES = `
  SELECT n.nspname || '.' || c.relname AS name,
         ARRAY (SELECT word FROM unnest(ARRAY['USAGE', 'UPDATE']) AS word WHERE has_sequence_privilege($1, c.oid, word)) AS held
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = ANY ($2) AND c.relkind = 'S'
     AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
   ORDER BY 1`;

const FUNCTIONS = `
  SELECT n.nspname || '.' || p.proname AS name,
         ARRAY (SELECT word FROM (VALUES ('EXECUTE', has_function_privilege($1, p.oid, 'EXECUTE')),
                                         ('SECURITY DEFINER', p.prosecdef)) AS a (word, has) WHERE has) AS held
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE n.nspname = ANY ($2)
   ORDER BY 1`;

const GUARDS = `
  SELECT n.nspname || '.' || c.relname AS name, bit_or(t.tgtype::int) AS type
    FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_proc p ON p.oid = t.tgfoid
   WHERE n.nspname = ANY ($1) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
     AND (t.tgtype & 2) <> 0 AND t.tgqual IS NULL AND cardinality(t.tgattr::int2[]) = 0
     AND p.proname ~ '^refuse_'
   GROUP BY 1`;
