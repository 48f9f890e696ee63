import { Injectable } from '@nestjs/common';
import { Live } from '@alcove/sdk';
import type { BusMessage, SignalBus } from './ports.js';

/** The signalling messages of a room over the host's ephemeral bus. They come from our own processes, so their form is trusted. */
@Injectable()
export class LiveSignalBus implements SignalBus {
  constructor(private readonly live: Live) {}

  publish(room: string, message: BusMessage): Promise<void> {
    return this.live.publish(topic(room), { message: JSON.stringify(message) });
  }

  subscribe(room: string, listener: (message: BusMessage) => void): () => void {
    return this.live.subscribe(topic(room), ({ message }) => {
      if (message !== undefined) listener(JSON.parse(message) as BusMessage);
    });
  }
}

const topic = (room: string): string => `room:${room}`;
