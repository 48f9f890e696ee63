import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';

/** Which step a try failed at; a code of the audit, never shown to whoever tried. */
export type RefusedStep =
  'password' | 'code' | 'recovery code' | 'passkey' | 'passkey counter' | `single sign-on: ${string}`;

/** Tries that failed, for the audit. Nobody is signed in, so the act is the sign-in's own. */
@Injectable()
export class SignInRefusals {
  constructor(private readonly auditWriter: AuditWriter) {}

  /** @param accountId whose account it was tried on, or null when there is none */
  async record(request: Request, accountId: string | null, step: RefusedStep): Promise<void> {
    const nobody: Principal = {
      kind: 'system',
      id: 'sign-in',
      permissions: new Set(),
      ip: request.clientIp,
      requestId: request.requestId,
    };
    await this.auditWriter.record(nobody, {
      action: 'session.refuse',
      object: accountId === null ? 'account:unknown' : `account:${accountId}`,
      outcome: 'refused',
      reason: step,
    });
  }
}
