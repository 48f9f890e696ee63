import { existsSync, readFileSync, statSync } from 'node:fs';
import { FatalError } from '../../process/fatal.js';

/** The user PostgreSQL runs as: empty when it is our own, since it refuses to run as root. */
export interface PgUser {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * Whose PostgreSQL this will be. Root drops to the owner of an existing cluster, so that an account added to the machine later does
 * not take its data away; else to `postgres` where there is one; else to `nobody`.
 * @throws FatalError when no such user exists, or when the cluster belongs to somebody else.
 */
export function pgUser(cluster: string): PgUser {
  const own = process.getuid?.();
  const owner = existsSync(cluster) ? statSync(cluster).uid : undefined;
  if (own !== 0) {
    if (owner === undefined || own === undefined || owner === own) return {};
    throw new FatalError(
      `The database in ${cluster} belongs to user ${owner}, not to ${own}. Start as the same user as before.`,
    );
  }
  const users = readUsers();
  const user = owner
    ? users.find(({ uid }) => uid === owner)
    : (users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody'));
  if (user) return { uid: user.uid, gid: user.gid };
  throw new FatalError(
    owner
      ? `The database in ${cluster} belongs to user ${owner}, which this machine does not know. Add that user, or change the owner.`
      : 'PostgreSQL does not run as root, and this machine has neither the user "postgres" nor "nobody". Add one, or start as another user.',
  );
}

/** The password file, since PostgreSQL itself insists on an entry there. */
function readUsers(): { name: string; uid: number; gid: number }[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4 && Number(fields[2]) > 0)
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
}
