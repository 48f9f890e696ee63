import type { Request } from 'express';
import type { Principal } from '../../../platform/access/principal.js';

/** Nobody is signed in yet: what happens is the sign-in's own act, from the browser's address. */
export const signOnPrincipal = (request: Request): Principal => ({
  kind: 'system',
  id: 'single-sign-on',
  permissions: new Set(),
  ip: request.clientIp,
  requestId: request.requestId,
});
