import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { POLICY, type RoutePolicy } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { Principal } from '../access/principal.js';
import { verdict } from '../access/verdict.js';
import { AuditWriter } from '../audit/audit-writer.js';
import { DomainError, notFound } from '../errors/domain-error.js';
import { SeeOther, signInPath } from './session-redirect.js';

/**
 * Denies by default: a route opens only by its own policy, read from the handler at each request. Unknown and forbidden answer the
 * same 404; the difference is in the audit.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly auditWriter: AuditWriter,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get<RoutePolicy | undefined>(POLICY, context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    const where = `${context.getClass().name}.${context.getHandler().name}`;
    await admit(policy, request, context.switchToHttp().getResponse<Response>(), where, this.auditWriter);
    return true;
  }
}

/**
 * Lets the request pass or throws what it is answered with. Shared with the guard of plugin apps.
 *
 * @param where name of the handler, for the audit row of a refusal
 * @throws SeeOther for a page somebody must sign in for
 * @throws DomainError `sign-in-required` (401) for anything else that needs a sign-in, `not-found` when signed in without the right
 */
export async function admit(
  policy: RoutePolicy | undefined,
  request: Request,
  response: Response,
  where: string,
  auditWriter: AuditWriter,
): Promise<void> {
  const { principal, signedIn } = request;
  switch (verdict(policy, { principal, secondFactorPending: signedIn?.stage === 'half' })) {
    case 'pass':
      if (policy?.kind === 'access' && !policy.background) await signedIn?.touch();
      return;
    case 'hidden':
      if (principal) await auditWriter.record(principal, refusal(request.method, where, principal));
      throw notFound();
    case 'second-factor':
      throw answerFor(request, response, '/sign-in/code');
    case 'sign-in':
      throw answerFor(request, response, signInPath(request.method === 'GET' ? request.originalUrl : undefined));
  }
}

const refusal = (method: string, where: string, who: Principal) => ({
  action: 'route.refuse',
  object: `route:${method} ${where}`,
  outcome: 'refused' as const,
  facts: { role: who.role ?? null },
});

/** People who open a page are taken to the sign-in; scripts and forms get a plain 401 (htmx also learns where to go). */
function answerFor(request: Request, response: Response, location: string): Error {
  if (request.get('hx-request') === 'true') {
    response.setHeader('HX-Redirect', location);
    return new DomainError('sign-in-required');
  }
  const opensPage = request.method === 'GET' || request.method === 'HEAD';
  if (opensPage && request.accepts(['html', 'json']) === 'html') return new SeeOther(location);
  return new DomainError('sign-in-required');
}
