import { Injectable, type OnModuleInit } from '@nestjs/common';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import { EventBus } from '../../platform/events/event-bus.js';
import { newId } from '../../platform/ids.js';
import { AccountPeople } from '../access/public.js';
import { VideoRooms } from './hosting/video-rooms.service.js';
import { SessionLinks } from './links/session-links.service.js';

interface HostInside {
  readonly room: string;
  readonly participant: string;
  readonly clinician_id: string;
}

const hosts = `SELECT e.room, p.ref AS participant, e.clinician_id
     FROM core.encounter e JOIN core.encounter_participant p ON p.encounter_id = e.id AND p.role = 'host'
    WHERE e.state = 'open'`;

/** Hosts who are in a room now, by what the video provider reports. */
const hostsInside = namedQuery<HostInside>(
  'encounters.hosts-inside',
  `${hosts} AND EXISTS (SELECT 1 FROM core.attendance s WHERE s.participant = p.ref AND s.until_at IS NULL) LIMIT 500`,
);

/** Where somebody may still have a seat or a ticket, whether their page is connected at this moment or not. */
const roomsOfHost = namedQuery<HostInside>('encounters.rooms-of-host', `${hosts} AND e.clinician_id = $1 LIMIT 500`);

/**
 * What the end of an account ends at the door: its clinician is put out of their rooms, its client's links are worth nothing. Told by
 * durable events, and looked for at every round of the session keeper, because rights also change without an event.
 */
@Injectable()
export class EndedAccounts implements OnModuleInit {
  constructor(
    private readonly events: EventBus,
    private readonly accounts: AccountPeople,
    private readonly links: SessionLinks,
    private readonly rooms: VideoRooms,
    private readonly sql: Sql,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('encounters.accounts', ['account.suspended', 'account.closed'], (event) =>
      this.follow(event.payload.accountId ?? event.key),
    );
  }

  /** Called at least once for each account that may not sign in any more. */
  async follow(accountId: string): Promise<void> {
    const owner = (await this.accounts.of([accountId])).get(accountId);
    if (!owner?.personId) return;
    if (owner.role === 'client') await this.links.revokeAllOf(owner.personId);
    else await this.putOut(await this.sql.rows(roomsOfHost, [owner.personId]));
  }

  /** Puts out every host whose account may not host any more. A provider that is away throws; the next round tries again. */
  async sweep(): Promise<void> {
    await this.putOut(await this.sql.rows(hostsInside));
  }

  /** An account that was restored meanwhile, or whose person has another one, stays. */
  private async putOut(inside: readonly HostInside[]): Promise<void> {
    if (inside.length === 0) return;
    const holders = await this.accounts.of(await this.accounts.holders('session:host'));
    const allowed = new Set(Array.from(holders.values(), ({ personId }) => personId));
    for (const { room, participant, clinician_id: clinicianId } of inside)
      if (!allowed.has(clinicianId)) await this.rooms.putOut(room, participant, newId());
  }
}
