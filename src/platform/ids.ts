import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

/** A new primary key: UUID version 7, so that rows made together lie together. An identifier, never a secret. */
export const newId = (): string => v7();

/** A secret of `bytes` random bytes (default 32 = 256 bit), in base64url. */
export const newSecret = (bytes = 32): string => randomBytes(bytes).toString('base64url');

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for text that has the form of one of our ids; anything else must answer like an unknown id. */
export const isId = (text: unknown): text is string => typeof text === 'string' && UUID.test(text);
