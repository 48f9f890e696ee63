import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** Longest name PostgreSQL keeps, in bytes. */
const LONGEST = 63;

/** A name as it stands in a statement. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** `schema.name` as it stands in a statement; only the first dot separates. */
export function quotedPath(path: string): string {
  const dot = path.indexOf('.');
  return `${quoted(path.slice(0, dot))}.${quoted(path.slice(dot + 1))}`;
}

/**
 * Name of a role that belongs to one database. Roles belong to a whole PostgreSQL server, so the database's name is part of theirs: two
 * installations in one server do not meet.
 */
export function roleNameFor(database: string, suffix: string): string {
  const name = `${database}_${suffix}`;
  if (Buffer.byteLength(name) <= LONGEST) return name;
  return `${suffix.slice(0, 46)}_${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}

/** What PostgreSQL stores of a password (RFC 5803). Sent instead of the password itself: statements may be logged. */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
