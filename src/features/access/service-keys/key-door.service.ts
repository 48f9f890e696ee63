import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { KeyMeter } from './key-meter.js';
import { isKeyScope } from './key-scopes.js';
import { hashOfKey, isKeyText } from './key-text.js';
import { NOTE_USE, RESOLVE_KEY, type LivingKeyRow } from './service-key.queries.js';

/** A key's last use is noted at most this often. */
const NOTE_EVERY = 60_000;
/** Longer text is no key, and nobody makes us hash a megabyte. */
const LONGEST_TEXT = 200;

/**
 * Turns the key of a request into its principal. Whatever is wrong with a key, the work and the answer are the same: one hash, one
 * statement, 401.
 */
@Injectable()
export class KeyDoor {
  constructor(
    private readonly sql: Sql,
    private readonly meter: KeyMeter,
    private readonly auditWriter: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Sets `request.principal`.
   *
   * @throws DomainError `key-required` for a key that does not count, `access.key-slow-down`
   */
  async enter(request: Request, response: Response, text: string): Promise<void> {
    await this.meter.requireQuiet(request.clientIp);
    const row = await this.sql.first(RESOLVE_KEY, [hashOfKey(text.slice(0, LONGEST_TEXT)), this.clock.now()]);
    if (!row) {
      await this.refuse(request, text);
      throw new DomainError('key-required');
    }
    await this.meter.count(row.id, response);
    await this.note(row, request.clientIp);
    request.principal = principalOf(row, request);
  }

  private async note(row: LivingKeyRow, address: string): Promise<void> {
    const now = this.clock.now();
    if (row.last_used_at && now.getTime() - row.last_used_at.getTime() < NOTE_EVERY) return;
    await this.sql.rows(NOTE_USE, [row.id, now, isIP(address) ? address : null]);
  }

  /** The prefix of what has the form of a key is written down, so that whoever runs an expired one can be found. */
  private async refuse(request: Request, text: string): Promise<void> {
    await this.meter.refused(request.clientIp);
    const nobody: Principal = {
      kind: 'system',
      id: 'api-key',
      permissions: new Set(),
      ip: request.clientIp,
      requestId: request.requestId,
    };
    const prefix = isKeyText(text) ? text.slice(4, 14) : null;
    await this.auditWriter.record(nobody, { action: 'key.refuse', outcome: 'refused', facts: { prefix } });
  }
}

const principalOf = (row: LivingKeyRow, request: Request): Principal => ({
  kind: 'service',
  id: row.principal_id,
  permissions: new Set(row.scopes.filter(isKeyScope)),
  // The key stands where a person's session stands, so that the audit says which of a program's keys it was.
  sessionId: row.id,
  displayName: row.name,
  ip: request.clientIp,
  requestId: request.requestId,
});
