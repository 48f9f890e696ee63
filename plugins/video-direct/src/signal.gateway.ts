import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Encounters, Log, type PluginSocket } from '@alcove/sdk';
import { SeatRepository } from './rooms/seat.repository.js';
import { LiveSignalBus } from './signalling/live-bus.js';
import type { SignalLog } from './signalling/ports.js';
import { Signalling } from './signalling/signalling.js';
import { TurnService } from './turn/turn.service.js';

/** Puts the signalling core on the host: its sockets, its bus, its presence reports, its log. */
@Injectable()
export class SignalGateway implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly signalling: Signalling;

  constructor(seats: SeatRepository, bus: LiveSignalBus, ice: TurnService, encounters: Encounters, log: Log) {
    const presence = { report: (report: Parameters<Encounters['presence']>[0]) => encounters.presence(report) };
    this.signalling = new Signalling({ seats, bus, ice, presence, log: hostLog(log) });
  }

  onApplicationBootstrap(): void {
    this.signalling.start();
  }

  onModuleDestroy(): void {
    this.signalling.stop();
  }

  open(socket: PluginSocket): void {
    const session = this.signalling.open(socket);
    socket.onMessage((text) => session.message(text));
    socket.onClose(() => session.closed());
  }

  /** Puts everybody of a room out, in every server process. */
  closeRoom(room: string): Promise<void> {
    return this.signalling.closeRoom(room);
  }

  /** Puts one person out, in every server process. */
  remove(room: string, participant: string): Promise<void> {
    return this.signalling.remove(room, participant);
  }
}

const hostLog = (log: Log): SignalLog => ({
  warn: (message, facts) => log.warn(message, facts),
  error: (message, error) => log.error(message, error),
});
