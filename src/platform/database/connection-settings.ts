import { parse, toClientConfig } from 'pg-connection-string';
import { systemCode } from '../process/error-facts.js';
import { FatalError } from '../process/fatal.js';

/** What of TLS a database URL can say. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Where a database is and who we are there. Holds a password: never logged, never in a message. */
export interface ConnectionSettings {
  /** Host name, address, or for a unix socket the absolute path of its folder. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly ssl: boolean | TlsSettings;
}

/**
 * Reads a `postgres://` URL, also one with a unix socket in `?host=`.
 * @param variable the setting it comes from, for messages.
 * @throws FatalError with one line that does not repeat the URL.
 */
export function parseDatabaseUrl(url: string, variable = 'DATABASE_URL'): ConnectionSettings {
  const config = toClientConfig(readUrl(url, variable));
  const { host, port = 5432, user, database, ssl } = config;
  const missing = !host ? 'host' : !user ? 'user' : !database ? 'database' : null;
  if (!host || !user || !database) throw new FatalError(`${variable}: names no ${missing}; use ${EXAMPLE}.`);
  const password = typeof config.password === 'string' && config.password !== '' ? config.password : undefined;
  return { host, port, user, password, database, ssl: (ssl ?? false) as boolean | TlsSettings };
}

const EXAMPLE = 'postgres://user:password@host:5432/name';

function readUrl(url: string, variable: string): ReturnType<typeof parse> {
  try {
    return parse(url);
  } catch (error) {
    // The parser quotes its input, and the input holds a password: neither its message nor the error itself goes on.
    const file = systemCode(error) === 'ENOENT' ? ' (a certificate file is missing)' : '';
    throw new FatalError(`${variable}: cannot be read${file}; use ${EXAMPLE}.`);
  }
}

/** True where no network lies between us and the database. */
export const isLocal = (settings: ConnectionSettings): boolean =>
  settings.host.startsWith('/') || /^(localhost|::1|127\.\d+\.\d+\.\d+)$/.test(settings.host);

/** Host, port and name for messages; no user, no password. */
export const describeConnection = (settings: ConnectionSettings): string =>
  settings.host.startsWith('/')
    ? `${settings.database} on the socket in ${settings.host}`
    : `${settings.database} on ${settings.host}, port ${settings.port}`;
