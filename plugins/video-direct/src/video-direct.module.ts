import { Module } from '@nestjs/common';
import { DirectVideoProvider } from './direct-video.provider.js';
import { RoomRepository } from './rooms/room.repository.js';
import { SeatRepository } from './rooms/seat.repository.js';
import { SignalGateway } from './signal.gateway.js';
import { LiveSignalBus } from './signalling/live-bus.js';
import { TurnService } from './turn/turn.service.js';

@Module({
  providers: [DirectVideoProvider, RoomRepository, SeatRepository, SignalGateway, LiveSignalBus, TurnService],
})
export class VideoDirectModule {}
