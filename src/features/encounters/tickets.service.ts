import { Injectable } from '@nestjs/common';
import type { EmbedDescriptor } from '@alcove/sdk';
import type { Principal } from '../../platform/access/principal.js';
import { AuditWriter } from '../../platform/audit/audit-writer.js';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { DOOR_REFUSALS, doorPrincipal, type DoorRequest } from './door/door-request.js';
import { DoorService, type Door } from './door/door.service.js';
import { EncounterRepository } from './encounter.repository.js';
import { HostingService, type HostedSession } from './hosting/hosting.service.js';
import { VideoRooms } from './hosting/video-rooms.service.js';
import { ENCOUNTER_ERRORS } from './encounters.errors.js';

/**
 * Tickets: single-use, for one person and one session, good for minutes. None exists before *Admit*. Each reconnect asks for a new one,
 * so that whoever was admitted comes back by themselves while the session is open, and nobody else does.
 */
@Injectable()
export class TicketsService {
  constructor(
    private readonly door: DoorService,
    private readonly hosting: HostingService,
    private readonly encounters: EncounterRepository,
    private readonly rooms: VideoRooms,
    private readonly audit: AuditWriter,
  ) {}

  /**
   * For this browser, if and only if the clinician admitted it and the session is open. The state is read again after the provider made
   * the ticket: somebody put back or removed in between gets nothing, and the ticket dies.
   */
  async forDoor(
    token: unknown,
    browserSecret: string | undefined,
    displayName: (door: Door) => string,
    request: DoorRequest,
  ): Promise<EmbedDescriptor> {
    const door = await this.door.at(token, browserSecret);
    const { appointment, arrival, encounter, link } = door;
    const who = doorPrincipal(arrival?.id ?? 'unknown', request);
    const fault = doorFault(door);
    if (fault || !arrival || !encounter) {
      const reason = fault?.code ?? 'not-found';
      const object = `appointment:${appointment.id}`;
      await this.audit.record(who, {
        action: 'ticket.issue',
        object,
        clientId: link.clientId,
        outcome: 'refused',
        reason,
      });
      throw fault ?? notFound();
    }
    const participant = await this.encounters.participant(encounter.id, arrival.client_id, 'guest');
    const embed = await this.rooms.ticket({
      appointmentId: appointment.id,
      room: encounter.room,
      participant,
      role: 'guest',
      displayName: displayName(door),
      capacity: appointment.memberIds.length + 1,
      requestId: request.requestId,
    });
    const meanwhile = doorFault(await this.door.at(token, browserSecret));
    if (meanwhile) {
      await this.rooms.putOut(encounter.room, participant, request.requestId);
      throw meanwhile;
    }
    await this.audit.record(who, {
      action: 'ticket.issue',
      object: `arrival:${arrival.id}`,
      clientId: arrival.client_id,
    });
    return embed;
  }

  /** For the clinician, as long as the session is open: a drop or a reload never locks them out. */
  async forHost(
    who: Principal,
    appointmentId: unknown,
    displayName: string,
    requestId: string,
  ): Promise<EmbedDescriptor> {
    const session = await this.hosting.session(who, appointmentId);
    const encounter = openEncounter(session);
    const { appointment } = session;
    const participant = await this.encounters.participant(encounter.id, appointment.clinicianId, 'host');
    const embed = await this.rooms.ticket({
      appointmentId: appointment.id,
      room: encounter.room,
      participant,
      role: 'host',
      displayName,
      capacity: appointment.memberIds.length + 1,
      requestId,
    });
    await this.audit.record(who, { action: 'ticket.issue', object: `encounter:${encounter.id}` });
    return embed;
  }
}

/** Why this browser gets no ticket now; undefined when it may have one. */
function doorFault({ state, arrival }: Door): DomainError | undefined {
  if (state !== 'open') return new DomainError(DOOR_REFUSALS[state]);
  if (!arrival) return notFound();
  if (arrival.state === 'admitted') return undefined;
  if (arrival.state === 'removed') return new DomainError(ENCOUNTER_ERRORS['encounters.removed']);
  if (arrival.state === 'replaced') return new DomainError(ENCOUNTER_ERRORS['encounters.replaced']);
  return new DomainError(ENCOUNTER_ERRORS['encounters.not-admitted']);
}

function openEncounter({ appointment, encounter }: HostedSession): NonNullable<HostedSession['encounter']> {
  if (appointment.cancelled) throw new DomainError(ENCOUNTER_ERRORS['encounters.cancelled']);
  if (!encounter?.hosted_at) throw new DomainError(ENCOUNTER_ERRORS['encounters.not-admitted']);
  if (encounter.state !== 'open') throw new DomainError(ENCOUNTER_ERRORS['encounters.ended']);
  return encounter;
}
