import { pino, type DestinationStream, type Logger } from 'pino';

/** Injection token of the server's log. */
export const LOG = Symbol('alcove.log');
export type Log = Logger;

/** Fields that never reach a log line, wherever they stand. Redaction is at the logger, so that no call site can forget it. */
const REDACTED = [
  'password',
  'code',
  'token',
  'secret',
  'cookie',
  'authorization',
  '_csrf',
  'email',
  'phone',
  'name',
  'body',
  'query',
  'location',
  'contact',
  'sdp',
  'candidate',
  'parameters',
  'detail',
  'where',
].flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

export function createLog(options: { level: string; destination?: DestinationStream }): Log {
  return pino(
    {
      level: options.level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...REDACTED, 'req.headers.cookie', 'req.headers.authorization'], censor: '[redacted]' },
      serializers: { err: safeError },
    },
    options.destination,
  );
}

/**
 * Errors without the values that database drivers and validators put into them: PostgreSQL's `detail` quotes whole rows, and
 * TypeORM's QueryFailedError carries its parameters.
 */
function safeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, table, schema, routine } = error as Error & Record<string, unknown>;
  return {
    type: error.name,
    message: scrub(error.message),
    ...(typeof code === 'string' ? { errorCode: code } : {}),
    ...Object.fromEntries(
      Object.entries({ constraint, table, schema, routine }).filter(([, value]) => typeof value === 'string'),
    ),
    stack: error.stack ? scrub(error.stack) : undefined,
    ...(error.cause ? { cause: safeError(error.cause) } : {}),
  };
}

/** Session links are capabilities: their tokens leave no trace in logs, nor do quoted values in database messages. */
export const scrub = (text: string): string =>
  text
    .replace(/\/j\/[A-Za-z0-9_-]{8,}/g, '/j/[link]')
    .replace(/([?&](?:token|code|next|q)=)[^&\s"]*/g, '$1[redacted]')
    .replace(/(=\()[^)]*(\))/g, '$1…$2')
    .replace(/(invalid input syntax for type \w+: )".*?"/g, '$1"…"');
