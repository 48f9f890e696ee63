import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { from, mergeMap, type Observable } from 'rxjs';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';

/** Writes every call down before it is answered: which program, with which of its keys (in the place of the session), which route. */
@Injectable()
export class ApiCallInterceptor implements NestInterceptor {
  constructor(private readonly auditWriter: AuditWriter) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const { principal } = request;
    // The guard stands in front of every interceptor.
    if (!principal) throw new Error('an API call without a principal');
    const { path } = request.route as { path: string };
    const entry = { action: 'api.call', object: `route:${request.method} ${path}` };
    return from(this.auditWriter.record(principal, entry)).pipe(mergeMap(() => next.handle()));
  }
}
