import { createHash } from 'node:crypto';

/** What is stored of the secret in a door cookie. The secret has 256 random bits, so a plain hash is enough. */
export const browserHash = (secret: string): Buffer => createHash('sha256').update(`door:${secret}`).digest();
