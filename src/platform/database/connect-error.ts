import pg from 'pg';
import { errorsOf, messageOf, systemCode } from '../process/error-facts.js';
import { FatalError } from '../process/fatal.js';
import { describeConnection, type ConnectionSettings } from './connection-settings.js';

/**
 * Proves that an external database can be used, before anything is made.
 * @throws FatalError with one line that says what to correct.
 */
export async function assertReachable(settings: ConnectionSettings, timeoutMs = 5_000): Promise<void> {
  const client = new pg.Client({ ...settings, connectionTimeoutMillis: timeoutMs, application_name: 'alcove: check' });
  // A connection that breaks between two awaits must not end the process; the awaited call reports it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
  } catch (error) {
    throw connectError(error, settings);
  } finally {
    await client.end();
  }
}

/**
 * One line for a connection that could not be made; no user, no password, no URL.
 * @param variable the setting to correct.
 */
export function connectError(error: unknown, settings: ConnectionSettings, variable = 'DATABASE_URL'): FatalError {
  const first = errorsOf(error)[0] ?? error;
  return new FatalError(`${variable}: ${problem(first, settings)}`, 1, { cause: first });
}

function problem(error: unknown, settings: ConnectionSettings): string {
  const where = describeConnection(settings);
  const code = systemCode(error) ?? '';
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `no PostgreSQL answers for ${where}. Start it, or correct the address.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host ${settings.host} is not known. Correct the address.`;
    case '28P01':
    case '28000':
      return `PostgreSQL refuses the user or the password for ${where}. Correct them.`;
    case '3D000':
      return `the database ${settings.database} does not exist. Make it (createdb ${settings.database}), or correct the name.`;
    case '42501':
      return `the user may not connect to ${where}. Grant CONNECT, or use another user.`;
    case '53300':
      return `PostgreSQL has no free connection for ${where}. Raise its max_connections.`;
  }
  if (/^(DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS)/.test(code)) {
    return `the certificate of ${settings.host} is not trusted (${code}). Add its authority with sslrootcert=, or correct sslmode.`;
  }
  const words = messageOf(error);
  if (/does not support SSL/.test(words)) return `${settings.host} offers no TLS. Turn it on there, or remove sslmode.`;
  if (/timeout/.test(words) || code === 'ETIMEDOUT')
    return `no answer in time from ${where}. Check address and firewall.`;
  if (/SASL|password must be a string/.test(words)) return `a password is needed for ${where}. Add it to the address.`;
  return `cannot connect to ${where} (${code || 'no reason given'}).`;
}
