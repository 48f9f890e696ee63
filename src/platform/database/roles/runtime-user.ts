import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { FatalError } from '../../process/fatal.js';
import { connectError } from '../connect-error.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { ensureRuntimeRole, runtimeRoleName, runtimeRoleState, type Obstacle } from './runtime-role.js';

/** Variable that names the runtime user of an external database. */
export const APP_URL = 'DATABASE_APP_URL';

/** As whom the server works, once the owner has prepared the database. */
export interface RuntimeUser {
  readonly settings: ConnectionSettings;
  /** Name of the role, which a pooler in between may know by another. */
  readonly role: string;
  /** `configured` by DATABASE_APP_URL, `made` by the server, or the `owner` where there is no other. */
  readonly kind: 'configured' | 'made' | 'owner';
  /** One line where the second wall is missing; null where it stands. */
  readonly warning: string | null;
}

export interface RuntimeWish {
  readonly owner: ConnectionSettings;
  /** From DATABASE_APP_URL. */
  readonly configured: ConnectionSettings | null;
  /** The password of a role that the server makes; null where nothing is to be made (a command without the keys). */
  readonly passwordFor: ((role: string) => string) | null;
}

const ADVICE = 'See "alcove db roles --sql" for what an administrator can run.';
const AS_OWNER = 'database: the server works as the owner of the database, who may change everything';

const OBSTACLES: Record<Obstacle, (role: string) => string> = {
  'may-not-create': () => `it may not make another user, and ${APP_URL} is unset.`,
  'name-taken': (role) => `somebody else made a role ${role}, and ${APP_URL} is unset.`,
};

/**
 * Decides who the server works as, and makes that role where it may.
 * @throws FatalError in one line when DATABASE_APP_URL cannot be used or leads to another database.
 */
export async function chooseRuntimeUser(owner: QueryRunner, wish: RuntimeWish): Promise<RuntimeUser> {
  if (wish.configured) return configuredUser(owner, wish.owner, wish.configured);
  const role = runtimeRoleName(wish.owner.database);
  const asOwner = async (why: string): Promise<RuntimeUser> => ({
    settings: wish.owner,
    role: (await identityOf(owner)).role,
    kind: 'owner',
    warning: `${AS_OWNER}: ${why} ${ADVICE}`,
  });
  const password = wish.passwordFor?.(role);
  const state =
    password === undefined ? await runtimeRoleState(owner, role) : await ensureRuntimeRole(owner, role, password);
  if (state === 'next') return asOwner('there is no other user yet; the next start makes one.');
  if (state !== null && state !== 'made') return asOwner(OBSTACLES[state](role));
  return { settings: { ...wish.owner, user: role, password }, role, kind: 'made', warning: null };
}

async function configuredUser(
  owner: QueryRunner,
  ownerSettings: ConnectionSettings,
  settings: ConnectionSettings,
): Promise<RuntimeUser> {
  const mine = await identityOf(owner);
  const theirs = await identityBehind(settings);
  if (theirs.database !== mine.database || theirs.oid !== mine.oid) {
    throw new FatalError(`${APP_URL}: leads to another database than DATABASE_URL. Correct one of them.`);
  }
  if (theirs.role === mine.role) {
    const warning = `${AS_OWNER}: ${APP_URL} names the same user as DATABASE_URL. ${ADVICE}`;
    return { settings: ownerSettings, role: mine.role, kind: 'owner', warning };
  }
  const warning = theirs.super
    ? `database: the user of ${APP_URL} is an administrator of PostgreSQL, whom nothing can be refused. Use another. ${ADVICE}`
    : null;
  return { settings, role: theirs.role, kind: 'configured', warning };
}

interface Identity {
  readonly role: string;
  readonly super: boolean;
  readonly database: string;
  /** Number of the database in its server: the same name in another server has another, but for chance. */
  readonly oid: string;
}

const IDENTITY = `
  SELECT current_user::text AS role, r.rolsuper AS super, current_database()::text AS database, d.oid::text AS oid
    FROM pg_roles r, pg_database d
   WHERE r.rolname = current_user AND d.datname = current_database()`;

async function identityOf(owner: QueryRunner): Promise<Identity> {
  const [row] = (await owner.query(IDENTITY)) as [Identity];
  return row;
}

/** Logs in once, to learn who that is. */
async function identityBehind(settings: ConnectionSettings): Promise<Identity> {
  const client = new pg.Client({ ...settings, connectionTimeoutMillis: 5_000, application_name: 'alcove: check' });
  // A connection that breaks between two awaits must not end the process; the awaited call reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Identity>(IDENTITY)).rows[0];
  } catch (error) {
    throw connectError(error, settings, APP_URL);
  } finally {
    await client.end();
  }
}
