import type { Permission } from '../roles/permissions.js';

/**
 * What a program can be allowed. Nothing here shows a client's name or record; `audit:read` points at clients by their ids. What is not
 * on this list counts for nothing, whatever a row in the database says.
 */
export const KEY_SCOPES = ['audit:read', 'health:read', 'security:read', 'staff:read'] as const satisfies Permission[];
export type KeyScope = (typeof KEY_SCOPES)[number];

export const isKeyScope = (text: string): text is KeyScope => KEY_SCOPES.some((scope) => scope === text);

/** The longest life of a key, in days. */
export const LONGEST_LIFE = 366;
/** People are told this many days before a key ends. */
export const WARN_DAYS = 14;
