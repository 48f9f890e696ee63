import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Nest's own messages in our log: its chatter about modules is detail, its warnings and errors are not. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown): void {
    this.target.debug(text(message));
  }

  warn(message: unknown): void {
    this.target.warn(text(message));
  }

  error(message: unknown, stack?: unknown): void {
    this.target.error({ stack: typeof stack === 'string' ? stack : undefined }, text(message));
  }
}

const text = (message: unknown): string => (typeof message === 'string' ? message : 'nest: a message without text');
