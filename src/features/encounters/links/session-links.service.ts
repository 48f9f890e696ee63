import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { newId } from '../../../platform/ids.js';
import { systemPrincipal, type Principal } from '../../../platform/access/principal.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { EncounterRepository } from '../encounter.repository.js';
import { VideoRooms } from '../hosting/video-rooms.service.js';
import { SessionLinkEntity } from './session-link.entity.js';
import { tellDesk } from '../tell-desk.js';
import { macMatches, makeToken, readToken } from './link-token.js';

/** A link whose signature was good. */
export interface SessionLink {
  readonly id: string;
  readonly appointmentId: string;
  readonly clientId: string;
  /** Of the token that was shown; a newer one makes it worthless. */
  readonly version: number;
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
    private readonly encounters: EncounterRepository,
    private readonly rooms: VideoRooms,
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
    return { id: row.id, appointmentId: row.appointment_id, clientId: row.client_id, version: row.version };
  }

  /**
   * Makes every token handed out so far worthless (a mail went to the wrong person) and puts out whoever came in with one. The next
   * `clientPath` gives a new one; with that the same browser may come in again.
   * With `version`, only a link of that version, else `changed-meanwhile`: a form that was sent twice must not revoke what the first one made.
   */
  async revoke(who: Principal, appointmentId: string, clientId: string, version?: number): Promise<void> {
    const out = await this.work.run(who, async (tx) => {
      const links = tx.manager.getRepository(SessionLinkEntity);
      const link = await links.findOne({ where: { appointmentId, clientId }, lock: { mode: 'pessimistic_write' } });
      if (!link) throw notFound();
      if (version !== undefined && link.version !== version) throw new DomainError('changed-meanwhile');
      await links.update({ id: link.id }, { version: link.version + 1, revisedAt: this.clock.now() });
      tx.audit({ action: 'session-link.revoke', object: `appointment:${appointmentId}`, clientId });
      tx.live(`link:${link.id}`, 'ended');
      return this.putOutInside(tx, appointmentId, clientId);
    });
    if (out) await this.rooms.putOut(out.room, out.participant, newId());
  }

  /** Every link of a client whose account may not be used any more; whoever came in with one is put out. */
  async revokeAllOf(clientId: string): Promise<void> {
    const inside = await this.work.run(systemPrincipal('job:ended-accounts'), async (tx) => {
      const [links] = await tx.manager.query<[{ id: string; appointment_id: string }[], number]>(
        `UPDATE core.session_link SET version = version + 1, revised_at = $2 WHERE client_id = $1 RETURNING id, appointment_id`,
        [clientId, this.clock.now()],
      );
      tx.audit({
        action: 'session-link.revoke-all',
        object: `client:${clientId}`,
        clientId,
        facts: { links: links.length },
      });
      const present = await this.encounters.openWith(tx.manager, clientId);
      const out = [];
      for (const { id, appointment_id: appointmentId } of links.filter((link) => present.has(link.appointment_id))) {
        tx.live(`link:${id}`, 'ended');
        out.push(await this.putOutInside(tx, appointmentId, clientId));
      }
      return out;
    });
    for (const one of inside) if (one) await this.rooms.putOut(one.room, one.participant, newId());
  }

  /**
   * This client's browsers are outside from the commit on: no ticket, *Admit* needed again. The caller puts them out of the room
   * after it.
   */
  private async putOutInside(
    tx: Tx,
    appointmentId: string,
    clientId: string,
  ): Promise<{ room: string; participant: string } | undefined> {
    const encounter = await this.encounters.lock(tx.manager, appointmentId);
    if (encounter?.state !== 'open') return undefined;
    const arrivals = (await this.encounters.arrivals(tx.manager, encounter.id)).filter(
      (arrival) => arrival.clientId === clientId && (arrival.state === 'waiting' || arrival.state === 'admitted'),
    );
    for (const arrival of arrivals) {
      await this.encounters.setState(tx.manager, arrival.id, 'left', this.clock.now());
      tx.live(`arrival:${arrival.id}`, 'state');
    }
    if (arrivals.length > 0) tellDesk(tx, encounter.clinicianId);
    if (!arrivals.some((arrival) => arrival.state === 'admitted')) return undefined;
    return {
      room: encounter.room,
      participant: await this.encounters.participant(encounter.id, clientId, 'guest', tx.manager),
    };
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
