import { DomainError } from '../../../platform/errors/domain-error.js';
import { ACCESS_ERRORS } from '../access.errors.js';

export interface Wait {
  readonly kind: 'wait';
  readonly seconds: number;
}

/** Turns "too many tries" into a value, so that a page can say how long it takes; every other error passes through. */
export async function waitOf<T>(step: () => Promise<T>): Promise<T | Wait> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== ACCESS_ERRORS['access.slow-down']) throw error;
    return { kind: 'wait', seconds: Number(error.details.retryAfter) };
  }
}

export const isWait = (result: unknown): result is Wait =>
  typeof result === 'object' && result !== null && (result as { kind?: unknown }).kind === 'wait';
