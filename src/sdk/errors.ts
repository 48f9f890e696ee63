const BRAND = Symbol.for('alcove.provider-error');

export type ProviderErrorKind = 'unavailable' | 'rejected' | 'auth' | 'misconfigured' | 'unsupported';

/**
 * What a provider throws when it cannot do what was asked. The kind decides what people see; the message is for the operator and
 * carries no PHI. Branded, so that identity survives two copies of this package.
 */
export class ProviderError extends Error {
  readonly [BRAND] = true;
  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    /** True when the same call may succeed later. */
    readonly retryable: boolean = kind === 'unavailable',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ProviderError';
  }
  static is(error: unknown): error is ProviderError {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
  }
}

const SETUP = Symbol.for('alcove.setup-error');
export type SetupErrorKind = 'not-ready' | 'needs-auth' | 'misconfigured' | 'fatal';

/** Thrown by `lifecycle.setup`: the kind says what happens next (retry, ask the admin, wait for settings, stop). */
export class SetupError extends Error {
  readonly [SETUP] = true;
  constructor(
    readonly kind: SetupErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SetupError';
  }
  static is(error: unknown): error is SetupError {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[SETUP] === true;
  }
}
