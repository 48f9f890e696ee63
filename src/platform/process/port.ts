import { createServer } from 'node:net';
import { systemCode } from './error-facts.js';
import { FatalError } from './fatal.js';

/**
 * Finds out before anything is made whether the server will be able to listen.
 * @throws FatalError with one line when not.
 */
export async function assertPortFree(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(listenError(error, host, port)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/** One line for a failed `listen`. */
export function listenError(error: unknown, host: string, port: number): FatalError {
  const cause = { cause: error };
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return new FatalError(
        `Port ${port} on ${host} is taken by another program. Stop that one, or set PORT.`,
        1,
        cause,
      );
    case 'EACCES':
      return new FatalError(`Port ${port} needs rights this user does not have. Set PORT to 1024 or more.`, 1, cause);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new FatalError(`This machine has no address ${host}. Correct ALCOVE_HOST.`, 1, cause);
    default:
      return new FatalError(
        `Cannot listen on ${host}, port ${port}: ${systemCode(error) ?? 'unknown reason'}.`,
        1,
        cause,
      );
  }
}
