import { definePlugin } from '@alcove/sdk';
import { DirectVideoProvider } from './direct-video.provider.js';
import { videoDirectMigrations } from './migrations/index.js';
import { Room } from './rooms/room.entity.js';
import { RoomRepository } from './rooms/room.repository.js';
import { SeatRow } from './rooms/seat.entity.js';
import { Ticket } from './rooms/ticket.entity.js';
import { SignalGateway } from './signal.gateway.js';
import { TurnService } from './turn/turn.service.js';
import { turnSettings } from './turn/turn.settings.js';
import { VideoDirectModule } from './video-direct.module.js';

export default definePlugin({
  module: VideoDirectModule,
  entities: [Room, Ticket, SeatRow],
  migrations: videoDirectMigrations,
  settings: turnSettings,
  provides: { 'video@1': DirectVideoProvider },
  sockets: [
    {
      path: '/signal',
      reason: 'A page proves itself with a single-use ticket in its first message, within five seconds.',
      open: (socket, _request, context) => context.get(SignalGateway).open(socket),
    },
  ],
  jobs: [{ name: 'sweep', everySeconds: 600, run: (context) => context.get(RoomRepository).sweep() }],
  lifecycle: {
    setup: async (context) => void (await context.get(TurnService).config()),
    health: async (context) => void (await context.get(TurnService).config()),
  },
});
