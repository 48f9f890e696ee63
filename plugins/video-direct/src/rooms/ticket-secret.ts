import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;
const FORM = /^[A-Za-z0-9_-]{43}$/;

/** A new ticket secret: 256 random bits in base64url (43 characters). */
export const newTicketSecret = (): string => randomBytes(BYTES).toString('base64url');

/** True for text that can be a ticket secret; anything else need not be looked up. */
export const isTicketSecret = (text: unknown): text is string => typeof text === 'string' && FORM.test(text);

/** What is stored of a ticket (32 bytes). The secret has full entropy, so one round of SHA-256 is enough. */
export const hashTicket = (secret: string): Buffer => createHash('sha256').update(secret).digest();
