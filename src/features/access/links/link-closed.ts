import { DomainError } from '../../../platform/errors/domain-error.js';
import { ACCESS_ERRORS } from '../access.errors.js';

/** Unknown, used, replaced, expired, and for an account it cannot open any more: one and the same answer. */
export const linkClosed = (): DomainError => new DomainError(ACCESS_ERRORS['access.link-closed']);
