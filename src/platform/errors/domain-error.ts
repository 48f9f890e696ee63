/**
 * Errors a user or operator can meet, by code. The code is the contract (docs/reference/errors.md lists each); what HTTP says about
 * it lives in the registry, so that domain code knows nothing of HTTP.
 */
export interface ErrorDefinition {
  /** HTTP status the web layer answers with. */
  readonly status: number;
  /** One plain sentence in English; pages use the i18n key `errors:<code>` when it exists. */
  readonly message: string;
}

const registry = new Map<string, ErrorDefinition>();

/** Registers the coded errors of one feature; called once at import, from `<feature>.errors.ts`. */
export function defineErrors<T extends Record<string, ErrorDefinition>>(
  definitions: T,
): { readonly [K in keyof T]: K } {
  for (const [code, definition] of Object.entries(definitions)) {
    if (registry.has(code)) throw new Error(`error code ${code} is defined twice`);
    registry.set(code, definition);
  }
  return Object.fromEntries(Object.keys(definitions).map((code) => [code, code])) as { readonly [K in keyof T]: K };
}

export const errorDefinition = (code: string): ErrorDefinition | undefined => registry.get(code);
export const errorCodes = (): string[] => [...registry.keys()].sort();

export class DomainError extends Error {
  constructor(
    readonly code: string,
    /** Plain values for the message; never PHI. */
    readonly details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(`${code}: ${registry.get(code)?.message ?? 'unregistered error'}`, options);
    this.name = 'DomainError';
  }
}

defineErrors({
  'not-found': { status: 404, message: 'There is nothing here, or it is not yours to see.' },
  'sign-in-required': { status: 401, message: 'Sign in to go on.' },
  'key-required': { status: 401, message: 'Send an API key that is in force.' },
  'request-refused': {
    status: 403,
    message: 'The request did not come from this site. Reload the page and try again.',
  },
  'changed-meanwhile': { status: 409, message: 'Somebody changed this while you were looking at it.' },
  'too-many-requests': {
    status: 429,
    message: 'There were very many requests from your network. Try again in a minute.',
  },
  unavailable: { status: 503, message: 'The server cannot reach its database. It keeps trying by itself.' },
});

/** Unknown and forbidden answer alike: services throw this for both. */
export const notFound = (): DomainError => new DomainError('not-found');
