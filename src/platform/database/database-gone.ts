import { driverErrorOf, errorsOf, messageOf, systemCallOf, systemCode } from '../process/error-facts.js';

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped, too_many_connections, and the class of connection failures. */
const SQL_STATES = /^(57P0[1-4]|53300|08...)$/;

/** What pg, its pool and TypeORM say in words only. */
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Query read timeout',
  'Cannot use a pool after calling end on the pool',
  'Driver not Connected',
];

/**
 * True when an error means "the database cannot be reached now", so that the web layer answers 503 and the same request may work
 * later. A statement that was refused, cancelled or wrong is not that.
 */
export function isDatabaseGone(error: unknown): boolean {
  const errors = errorsOf(error);
  if (errors.length > 0) return errors.every(isDatabaseGone);
  const driverError = driverErrorOf(error);
  if (driverError) return isDatabaseGone(driverError);
  const code = systemCode(error) ?? '';
  if (NETWORK_CODES.has(code) || SQL_STATES.test(code)) return true;
  // The socket file of a stopped server is gone; other missing files are somebody else's trouble.
  if (code === 'ENOENT') return systemCallOf(error) === 'connect';
  return code === '' && MESSAGES.some((message) => messageOf(error).startsWith(message));
}
