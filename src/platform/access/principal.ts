/** The roles of product.md, as stored. */
export const ROLES = [
  'owner',
  'clinician',
  'supervisor',
  'scheduler',
  'biller',
  'it-admin',
  'client',
  'guardian',
] as const;
export type Role = (typeof ROLES)[number];

/**
 * Who is acting. `user` is a signed-in account, `service` a program with an API key, `door` a browser in front of a session link,
 * `plugin` a plugin acting for itself, `system` the server. Everything that decides or records access takes one; there is no "no principal" inside a service.
 */
export interface Principal {
  readonly kind: 'user' | 'service' | 'door' | 'plugin' | 'system';
  /** Account id, service principal's id, arrival id, plugin id or the name of the job. */
  readonly id: string;
  readonly role?: Role;
  /** The clinician or client record this account is, where it is one. */
  readonly personId?: string;
  readonly permissions: ReadonlySet<string>;
  /** Reference of the signed-in session (never its secret). */
  readonly sessionId?: string;
  /** When this person last proved who they are (signed in, or confirmed again); what `FreshAccess` looks at. */
  readonly provedAt?: Date;
  /** Shown to the person themselves in the frame; never logged. */
  readonly displayName?: string;
  /** IANA zone of the account, for pages. */
  readonly timeZone?: string;
  readonly locale?: string;
  /** True while this person has pages show the discreet form of clients' names. */
  readonly namesHidden?: boolean;
  /** Request facts for the audit. */
  readonly ip?: string;
  readonly requestId?: string;
}

/** The server itself, for jobs and seeds. `name` says which part, e.g. `job:attendance`. */
export const systemPrincipal = (name: string): Principal => ({ kind: 'system', id: name, permissions: new Set(['*']) });

export const can = (who: Principal, permission: string): boolean =>
  who.permissions.has('*') || who.permissions.has(permission);
