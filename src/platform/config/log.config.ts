import { IsIn } from 'class-validator';
import { Variable } from './variable.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What the log says. */
export class LogConfig {
  @Variable({
    name: 'ALCOVE_LOG_LEVEL',
    kind: 'text',
    fallback: 'info',
    about: 'Least severe level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
    fix: 'use fatal, error, warn, info, debug, trace or silent.',
  })
  @IsIn(LOG_LEVELS)
  readonly level: (typeof LOG_LEVELS)[number];
}
