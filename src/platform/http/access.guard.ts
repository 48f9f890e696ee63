import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { POLICY, type RoutePolicy } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { Principal } from '../access/principal.js';
import { verdict } from '../access/verdict.js';
import { AuditWriter } from '../audit/audit-writer.js';
import { DomainError, notFound } from '../errors/domain-error.js';
import { Clock } from '../clock.js';
import { ProveAgain } from './prove-again.js';
import { nextStep } from './session.js';
import { againPath, SeeOther, signInPath } from './session-redirect.js';

/**
 * Denies by default: a route opens only by its own policy, read from the handler at each request. Unknown and forbidden answer the
 * same 404; the difference is in the audit.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly auditWriter: AuditWriter,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get<RoutePolicy | undefined>(POLICY, context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    const where = `${context.getClass().name}.${context.getHandler().name}`;
    const response = context.switchToHttp().getResponse<Response>();
    await admit(policy, request, response, where, { auditWriter: this.auditWriter, clock: this.clock });
    return true;
  }
}

/**
 * Lets the request pass or throws what it is answered with. Shared with the guard of plugin apps.
 *
 * @param where name of the handler, for the audit row of a refusal
 * @throws SeeOther for a page somebody must sign in for
 * @throws ProveAgain for a form whose sender must first prove who they are again
 * @throws DomainError `sign-in-required` (401) for anything else that needs a sign-in, `key-required` (401) where programs come,
 * `not-found` when signed in without the right
 */
export async function admit(
  policy: RoutePolicy | undefined,
  request: Request,
  response: Response,
  where: string,
  { auditWriter, clock }: { readonly auditWriter: AuditWriter; readonly clock: Clock },
): Promise<void> {
  const { principal, signedIn } = request;
  const secondFactorPending = signedIn !== undefined && signedIn.stage !== 'full';
  switch (verdict(policy, { principal, secondFactorPending, now: clock.now() })) {
    case 'pass':
      if (policy?.kind === 'access' && !policy.background) await signedIn?.touch();
      return;
    case 'hidden':
      if (principal) await auditWriter.record(principal, refusal(request.method, where, principal));
      throw notFound();
    case 'second-factor':
      if (isForKeys(policy)) throw new DomainError('key-required');
      throw answerFor(request, response, nextStep(signedIn?.stage ?? 'half'));
    case 'prove-again':
      throw proveAgain(request, response);
    case 'sign-in':
      if (isForKeys(policy)) throw new DomainError('key-required');
      throw answerFor(request, response, signInPath(request.method === 'GET' ? request.originalUrl : undefined));
  }
}

/** Signing in would not help anybody there. */
const isForKeys = (policy: RoutePolicy | undefined): boolean => policy?.kind === 'access' && policy.keys === true;

const refusal = (method: string, where: string, who: Principal) => ({
  action: 'route.refuse',
  object: `route:${method} ${where}`,
  outcome: 'refused' as const,
  facts: { role: who.role ?? null },
});

/**
 * Opening a page leads to the question and back; a form that was sent is carried along by the filter that answers this error, so that
 * nothing typed is lost.
 */
function proveAgain(request: Request, response: Response): Error {
  if (request.method === 'GET' || request.method === 'HEAD')
    return answerFor(request, response, againPath(request.originalUrl));
  return new ProveAgain();
}

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
