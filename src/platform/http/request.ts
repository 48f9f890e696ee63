import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from '../access/principal.js';

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the access feature for signed-in requests. */
    principal?: Principal;
    /** 128 random bits, in every log line, error page and audit row of this request. */
    requestId: string;
    /** CSP nonce of this response. */
    nonce: string;
    /** Makes the token for forms of this response; set by the composition root where forms are rendered. */
    csrfToken?: () => string;
    /** Address of the client as seen behind the configured number of proxies. */
    clientIp: string;
  }
}

/** The signed-in principal; only on routes with `@Access`, where the guard has made sure there is one. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const principal = context.switchToHttp().getRequest<Request>().principal;
  if (!principal) throw new Error('@Who() on a route without @Access');
  return principal;
});
