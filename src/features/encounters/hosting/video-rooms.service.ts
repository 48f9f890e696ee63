import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ProviderError, type CallContext, type EmbedDescriptor, type VideoProvider } from '@alcove/sdk';
import { Clock } from '../../../platform/clock.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { LOG, type Log } from '../../../platform/logging/log.js';
import { Providers } from '../../../platform/ports/providers.js';
import { EncounterEntity } from '../encounter.entity.js';
import { EncounterRepository } from '../encounter.repository.js';
import { ENCOUNTER_ERRORS } from '../encounters.errors.js';

const CALL_DEADLINE_MS = 3_000;

/** One person for whom the door is open. */
export interface Admitted {
  readonly appointmentId: string;
  readonly room: string;
  readonly participant: string;
  readonly role: 'host' | 'guest';
  /** What the other side sees. */
  readonly displayName: string;
  /** How many people may be in the room at once. */
  readonly capacity: number;
  readonly requestId: string;
}

/** The practice's video provider as sessions use it. Callers have made sure that the person is admitted. */
@Injectable()
export class VideoRooms {
  constructor(
    private readonly providers: Providers,
    private readonly dataSource: DataSource,
    private readonly encounters: EncounterRepository,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** A ticket for one person, wrapped as the page mounts it. Opens the room with the provider the first time. */
  async ticket(admitted: Admitted): Promise<EmbedDescriptor> {
    return this.call(admitted.requestId, async (video, ctx) => {
      await this.ensureOpen(video, ctx, admitted);
      const { participant, role, displayName } = admitted;
      const ticket = await video.admit(ctx, { room: admitted.room }, { participant, role, displayName });
      return video.embed(ticket);
    });
  }

  /** Puts a person out of the room and kills their tickets. Throws when the provider cannot: somebody must know that they are still in. */
  async putOut(room: string, participant: string, requestId: string): Promise<void> {
    await this.call(requestId, (video, ctx) => video.remove(ctx, { room }, participant));
  }

  /** As `putOut` where another device of the same person takes the place anyway: a provider that is away is only logged. */
  async makeWay(room: string, participant: string, requestId: string): Promise<void> {
    await this.attempt('make way for another device', requestId, (video, ctx) =>
      video.remove(ctx, { room }, participant),
    );
  }

  /** Closes the room for everybody. A provider that is away is only logged: no new ticket exists, and its rooms close by the clock. */
  async close(room: string, requestId: string): Promise<void> {
    await this.attempt('close a room', requestId, (video, ctx) => video.closeRoom(ctx, { room }));
  }

  /** Holds the row of the session while the provider opens the room, so that two first tickets open one room. */
  private async ensureOpen(video: VideoProvider, ctx: CallContext, admitted: Admitted): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const encounter = await this.encounters.lock(manager, admitted.appointmentId);
      if (!encounter || encounter.state !== 'open') throw new DomainError(ENCOUNTER_ERRORS['encounters.ended']);
      if (encounter.roomOpenedAt) return;
      const { room, capacity } = admitted;
      await video.openRoom(ctx, { room, capacity, closesAt: encounter.closesAt.toISOString() });
      await manager.getRepository(EncounterEntity).update({ id: encounter.id }, { roomOpenedAt: this.clock.now() });
    });
  }

  private async attempt(
    what: string,
    requestId: string,
    act: (video: VideoProvider, ctx: CallContext) => Promise<void>,
  ): Promise<void> {
    try {
      await this.call(requestId, act);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      this.log.warn({ err: error, requestId }, `encounters: the video provider could not ${what}`);
    }
  }

  private async call<T>(requestId: string, act: (video: VideoProvider, ctx: CallContext) => Promise<T>): Promise<T> {
    try {
      return await act(this.providers.video(), { signal: AbortSignal.timeout(CALL_DEADLINE_MS), requestId });
    } catch (error) {
      if (!ProviderError.is(error)) throw error;
      throw new DomainError(ENCOUNTER_ERRORS['encounters.video-unavailable'], {}, { cause: error });
    }
  }
}
