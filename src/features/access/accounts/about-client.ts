import type { AccountEntity } from './account.entity.js';

/** For "what happened around this client": an account of a client is about that client. */
export const aboutClient = (account: Pick<AccountEntity, 'role' | 'personId'>): { clientId?: string } =>
  account.role === 'client' && account.personId !== null ? { clientId: account.personId } : {};
