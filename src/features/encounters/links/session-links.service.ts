import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { newId } from '../../../platform/ids.js';
import { systemPrincipal, type Principal } from '../../../platform/access/principal.js';
import { Work } from '../../../platform/work/work.js';
import { SessionLinkEntity } from './session-link.entity.js';
import { macMatches, makeToken, readToken } from './link-token.js';

/** A link whose signature was good. */
export interface SessionLink {
  readonly id: string;
  readonly appointmentId: string;
  readonly clientId: string;
}

interface LinkRow {
  id: string;
  appointment_id: string;
  client_id: string;
  version: number;
}

const byId = namedQuery<LinkRow>(
  'encounters.link',
  'SELECT id, appointment_id, client_id, version FROM core.session_link WHERE id = $1',
);
const byMember = namedQuery<LinkRow>(
  'encounters.link-of-member',
  'SELECT id, appointment_id, client_id, version FROM core.session_link WHERE appointment_id = $1 AND client_id = $2',
);

/**
 * Session links: one per client and appointment, reusable until the session ends, opening the waiting room and nothing else.
 * The token is a bearer secret of 128 bit: it goes into the client's own mail or portal and never into a log.
 */
@Injectable()
export class SessionLinks {
  constructor(
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /** Path of the link, e.g. `/j/<token>`, for the client themselves. Makes the link when there is none; the caller has checked access. */
  async clientPath(appointmentId: string, clientId: string): Promise<string> {
    return (await this.forClient(appointmentId, clientId)).path;
  }

  /** As `clientPath`, with the version that `revoke` takes. */
  async forClient(appointmentId: string, clientId: string): Promise<{ path: string; version: number }> {
    const row =
      (await this.sql.first(byMember, [appointmentId, clientId])) ?? (await this.issue(appointmentId, clientId));
    return { path: `/j/${makeToken(this.key, row.id, row.version)}`, version: row.version };
  }

  /** The absolute address, for mail and for the demo. `baseUrl` is the server's own, without a slash at the end. */
  async clientUrl(baseUrl: string, appointmentId: string, clientId: string): Promise<string> {
    return `${baseUrl}${await this.clientPath(appointmentId, clientId)}`;
  }

  /** The link behind a token; undefined when it was forged, revoked or mistyped. Changes nothing. */
  async read(token: unknown): Promise<SessionLink | undefined> {
    const claimed = readToken(token);
    if (!claimed) return undefined;
    const row = await this.sql.first(byId, [claimed.linkId]);
    if (!row || !macMatches(this.key, claimed, row.version)) return undefined;
    return { id: row.id, appointmentId: row.appointment_id, clientId: row.client_id };
  }

  /**
   * Makes every token handed out so far worthless (a mail went to the wrong person). The next `clientPath` gives a new one.
   * With `version`, only a link of that version, else `changed-meanwhile`: a form that was sent twice must not revoke what the first one made.
   */
  async revoke(who: Principal, appointmentId: string, clientId: string, version?: number): Promise<void> {
    await this.work.run(who, async (tx) => {
      const links = tx.manager.getRepository(SessionLinkEntity);
      const link = await links.findOne({ where: { appointmentId, clientId }, lock: { mode: 'pessimistic_write' } });
      if (!link) throw notFound();
      if (version !== undefined && link.version !== version) throw new DomainError('changed-meanwhile');
      await links.update({ id: link.id }, { version: link.version + 1, revisedAt: this.clock.now() });
      tx.audit({ action: 'session-link.revoke', object: `appointment:${appointmentId}`, clientId });
    });
  }

  private async issue(appointmentId: string, clientId: string): Promise<LinkRow> {
    await this.work.run(systemPrincipal('session-links'), async (tx) => {
      await tx.manager
        .createQueryBuilder()
        .insert()
        .into(SessionLinkEntity)
        .values({ id: newId(), appointmentId, clientId, version: 1, createdAt: this.clock.now(), revisedAt: null })
        .orIgnore()
        .execute();
      tx.audit({ action: 'session-link.issue', object: `appointment:${appointmentId}`, clientId });
    });
    const row = await this.sql.first(byMember, [appointmentId, clientId]);
    if (!row) throw new Error('a session link was inserted and is not there');
    return row;
  }

  private get key(): Buffer {
    return this.vault.derive('session-link');
  }
}
