import type { Connection } from './connection.js';
import { CLOSE } from './messages.js';
import type { BusMessage, Seat, SignalBus, SignalLog } from './ports.js';

interface RoomHere {
  readonly connections: Set<Connection>;
  readonly unsubscribe: () => void;
}

type SeatMessage = Extract<BusMessage, { kind: 'entered' | 'away' | 'left' }>;

/** The rooms of this process: who is here, what they have been told, and the way to the other processes. */
export class RoomDesk {
  private readonly rooms = new Map<string, RoomHere>();
  private readonly roomOf = new Map<Connection, string>();
  /** What was said about the room while a page was taking its seat. */
  private readonly early = new Map<Connection, BusMessage[]>();
  /** Messages to other processes leave one after the other, per room. */
  private readonly outbox = new Map<string, Promise<void>>();

  constructor(
    private readonly bus: SignalBus,
    private readonly log: SignalLog,
    private readonly process: string,
  ) {}

  /** Starts listening for a connection that is about to take a seat. */
  join(room: string, connection: Connection): void {
    if (connection.isClosed) return;
    let here = this.rooms.get(room);
    if (!here) {
      const unsubscribe = this.bus.subscribe(room, (message) => {
        if (message.process !== this.process) this.hear(room, message);
      });
      here = { connections: new Set(), unsubscribe };
      this.rooms.set(room, here);
    }
    here.connections.add(connection);
    this.roomOf.set(connection, room);
    this.early.set(connection, []);
  }

  part(connection: Connection): void {
    const room = this.roomOf.get(connection);
    if (room === undefined) return;
    this.roomOf.delete(connection);
    this.early.delete(connection);
    const here = this.rooms.get(room);
    here?.connections.delete(connection);
    if (here?.connections.size) return;
    here?.unsubscribe();
    this.rooms.delete(room);
  }

  /** Connections of this process that hold a seat. */
  seated(): { connection: Connection; seat: Seat }[] {
    return [...this.roomOf.keys()].flatMap((connection) =>
      connection.isSeated && connection.seat ? [{ connection, seat: connection.seat }] : [],
    );
  }

  /** Says something about a room here and in every other process. Resolves when it was handed to the bus; a failing bus is logged. */
  async announce(room: string, message: BusMessage): Promise<void> {
    this.hear(room, message);
    await this.publish(room, message);
  }

  /** Takes one page's message to the other, wherever that is. */
  relay(seat: Seat, to: string, text: string): void {
    const message = {
      kind: 'relay',
      process: this.process,
      participant: seat.participant,
      from: seat.page,
      to,
      text,
    } as const;
    if (!this.deliver(seat.room, message)) void this.publish(seat.room, message);
  }

  /** Tells a page that was just welcomed what happened since it took its seat. */
  catchUp(connection: Connection): void {
    const missed = this.early.get(connection) ?? [];
    this.early.delete(connection);
    for (const message of missed) this.tell(connection, message);
  }

  /** What the store says about the other seat, in case the bus did not. */
  correct(connection: Connection, other: Seat | null): void {
    const known = connection.opposite;
    if (!other) {
      if (known) this.gone(connection);
    } else if (known?.turn !== other.turn || known.away !== other.away) {
      this.meet(connection, other);
    }
  }

  private publish(room: string, message: BusMessage): Promise<void> {
    const sent = (this.outbox.get(room) ?? Promise.resolve()).then(async () => {
      try {
        await this.bus.publish(room, message);
      } catch (error) {
        this.log.error('a message between server processes was lost', error);
      }
      if (this.outbox.get(room) === sent) this.outbox.delete(room);
    });
    this.outbox.set(room, sent);
    return sent;
  }

  private hear(room: string, message: BusMessage): void {
    const here = this.rooms.get(room);
    if (!here) return;
    if (message.kind === 'relay') {
      this.deliver(room, message);
      return;
    }
    for (const connection of here.connections) {
      const early = this.early.get(connection);
      if (early) early.push(message);
      else this.tell(connection, message);
    }
  }

  private deliver(room: string, message: Extract<BusMessage, { kind: 'relay' }>): boolean {
    for (const connection of this.rooms.get(room)?.connections ?? []) {
      const { seat } = connection;
      if (!connection.isSeated || seat?.page !== message.to || seat.participant === message.participant) continue;
      connection.sendText(message.text);
      return true;
    }
    return false;
  }

  private tell(connection: Connection, message: BusMessage): void {
    const { seat } = connection;
    if (!seat || !connection.isSeated) return;
    switch (message.kind) {
      case 'closed':
        return this.dismiss(connection, CLOSE.ended);
      case 'removed':
        if (message.participant === seat.participant) this.dismiss(connection, CLOSE.removed);
        return;
      case 'relay':
        return;
      default:
        return this.tellSeat(connection, seat, message);
    }
  }

  private tellSeat(connection: Connection, seat: Seat, message: SeatMessage): void {
    const about = message.seat;
    if (about.participant === seat.participant) {
      if (message.kind === 'entered' && about.turn > seat.turn) this.dismiss(connection, CLOSE.replaced);
      return;
    }
    const known = connection.opposite;
    // Turns grow over the whole room: of two pieces of news, whatever their order, the one with the lower turn is no news.
    if (message.kind === 'entered') {
      if (!known || known.turn <= about.turn) this.meet(connection, about);
    } else if (known?.turn === about.turn) {
      if (message.kind === 'left') this.gone(connection);
      else this.meet(connection, about);
    }
  }

  private meet(connection: Connection, other: Seat): void {
    connection.opposite = other;
    connection.send({ type: other.away ? 'peer-away' : 'peer', page: other.page });
  }

  private gone(connection: Connection): void {
    const { opposite } = connection;
    connection.opposite = null;
    if (opposite) connection.send({ type: 'peer-left', page: opposite.page });
  }

  private dismiss(connection: Connection, reason: (typeof CLOSE)['ended' | 'removed' | 'replaced']): void {
    connection.dismissed = true;
    connection.close(reason);
    this.part(connection);
  }
}
