import { Injectable } from '@nestjs/common';
import {
  PluginModuleContext,
  ProviderError,
  type CallContext,
  type EmbedDescriptor,
  type JoinTicket,
  type ParticipantRequest,
  type RoomRef,
  type RoomRequest,
  type VideoFeatures,
  type VideoProvider,
} from '@alcove/sdk';
import { readLabels } from './labels.js';
import { RoomRepository } from './rooms/room.repository.js';
import { newTicketSecret } from './rooms/ticket-secret.js';
import { SignalGateway } from './signal.gateway.js';

/** `video@1` for two people: the browsers talk to each other, this server only introduces them. */
@Injectable()
export class DirectVideoProvider implements VideoProvider {
  readonly features: VideoFeatures = { maxParticipants: 2, screenShare: true, chat: true };
  private readonly labels = readLabels();

  constructor(
    private readonly rooms: RoomRepository,
    private readonly gateway: SignalGateway,
    private readonly self: PluginModuleContext,
  ) {}

  async openRoom(_ctx: CallContext, request: RoomRequest): Promise<RoomRef> {
    const { room, capacity } = request;
    if (capacity > this.features.maxParticipants) {
      throw new ProviderError(
        'unsupported',
        `A direct session holds ${this.features.maxParticipants} people, not ${capacity}.`,
      );
    }
    const closesAt = new Date(request.closesAt);
    if (Number.isNaN(closesAt.getTime()) || room === '' || capacity < 1) {
      throw new ProviderError('rejected', 'A room needs a name, a capacity and an ISO 8601 closing time.');
    }
    if (!(await this.rooms.open({ id: room, capacity, closesAt }))) {
      throw new ProviderError('rejected', 'The room was closed before.');
    }
    return { room };
  }

  async admit(_ctx: CallContext, { room }: RoomRef, participant: ParticipantRequest): Promise<JoinTicket> {
    const token = newTicketSecret();
    const expiresAt = await this.rooms.issue({
      secret: token,
      room,
      participant: participant.participant,
      role: participant.role,
    });
    if (!expiresAt) throw new ProviderError('rejected', 'The room is closed or was never opened.');
    return { room, token, expiresAt: expiresAt.toISOString() };
  }

  async closeRoom(_ctx: CallContext, { room }: RoomRef): Promise<void> {
    await this.rooms.close(room);
    await this.gateway.closeRoom(room);
  }

  async remove(_ctx: CallContext, { room }: RoomRef, participant: string): Promise<void> {
    await this.rooms.remove(room, participant);
    await this.gateway.remove(room, participant);
  }

  embed(ticket: JoinTicket): EmbedDescriptor {
    return {
      module: 'room.js',
      stylesheet: 'room.css',
      config: { socket: `${this.self.path}/signal`, token: ticket.token, labels: this.labels },
    };
  }
}
