import type { QueryRunner } from 'typeorm';
import { systemCode } from '../../process/error-facts.js';
import { quoted, roleNameFor, scramVerifier } from './identifiers.js';

/** Name of the runtime user that the server makes by itself for a database. */
export const runtimeRoleName = (database: string): string => roleNameFor(database, 'app');

/** Written on a role we made, so that somebody else's role of the same name is never taken over. */
export const noteFor = (database: string): string => `runtime user of Alcove in the database ${database}`;

/** Why the server cannot make a runtime user. */
export type Obstacle = 'may-not-create' | 'name-taken';

interface Standing {
  readonly database: string;
  readonly may_create: boolean;
  readonly there: boolean;
  readonly note: string | null;
}

/** The role by its name and its note, as the owner sees it. */
async function standingOf(owner: QueryRunner, role: string): Promise<Standing> {
  const [row] = (await owner.query(
    `SELECT current_database()::text AS database, me.rolsuper OR me.rolcreaterole AS may_create,
            r.oid IS NOT NULL AS there, shobj_description(r.oid, 'pg_authid') AS note
       FROM pg_roles me LEFT JOIN pg_roles r ON r.rolname = $1
      WHERE me.rolname = current_user`,
    [role],
  )) as [Standing];
  return row;
}

/** How far a role that the server makes by itself is: made by an earlier start, to be made by the next, or out of reach. */
export async function runtimeRoleState(owner: QueryRunner, role: string): Promise<'made' | 'next' | Obstacle> {
  const { there, note, database, may_create: mayCreate } = await standingOf(owner, role);
  if (there) return note === noteFor(database) ? 'made' : 'name-taken';
  return mayCreate ? 'next' : 'may-not-create';
}

/**
 * Makes the runtime user, or gives an existing one of ours this password. The caller holds the migration lock: two at once would
 * disturb each other.
 * @param password reaches PostgreSQL as a verifier only.
 */
export async function ensureRuntimeRole(owner: QueryRunner, role: string, password: string): Promise<Obstacle | null> {
  const { there, note, may_create: mayCreate, database } = await standingOf(owner, role);
  if (there && note !== noteFor(database)) return 'name-taken';
  if (!mayCreate) return 'may-not-create';
  await owner.startTransaction();
  try {
    const login = `LOGIN PASSWORD '${scramVerifier(password)}'`;
    // Only a role that has an attribute itself may change it in another (PostgreSQL 16 on), so they are set once, when it is made.
    await owner.query(
      there
        ? `ALTER ROLE ${quoted(role)} ${login}`
        : `CREATE ROLE ${quoted(role)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT ${login}`,
    );
    if (!there) await owner.query(`COMMENT ON ROLE ${quoted(role)} IS '${noteFor(database).replaceAll("'", "''")}'`);
    await owner.commitTransaction();
    return null;
  } catch (error) {
    await owner.rollbackTransaction();
    // From PostgreSQL 16 on a role belongs to who made it: another owner than then may not change it.
    if (there && systemCode(error) === '42501') return 'may-not-create';
    throw error;
  }
}
