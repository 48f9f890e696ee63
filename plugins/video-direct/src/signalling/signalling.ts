import { randomUUID } from 'node:crypto';
import { Connection } from './connection.js';
import { CLOSE, readMessage, type Close, type RelayedMessage } from './messages.js';
import type {
  IceConfig,
  IceSource,
  PresenceSink,
  Seat,
  SeatStore,
  SeatTruth,
  SignalBus,
  SignalLog,
  SignalSocket,
} from './ports.js';
import { RoomDesk } from './room-desk.js';
import { SIGNALLING_DEFAULTS, type SignallingOptions } from './signalling-options.js';
import { TokenBucket } from './token-bucket.js';

export interface SignallingPorts {
  readonly seats: SeatStore;
  readonly bus: SignalBus;
  readonly presence: PresenceSink;
  readonly ice: IceSource;
  readonly log: SignalLog;
}

/** What the owner of a socket calls. */
export interface SignalSession {
  message(text: string): void;
  closed(): void;
}

/**
 * Lets two pages of a room find each other and passes their messages on, without reading them. The two may sit on different server
 * processes: seats live in the `SeatStore`, messages to the other process go over the `SignalBus`, and a heartbeat repairs whatever the
 * bus lost. Media never passes here; losing everything in this class does not touch a running call.
 */
export class Signalling {
  private readonly process = randomUUID();
  private readonly options: SignallingOptions;
  private readonly desk: RoomDesk;
  private greeting = 0;
  private heart: NodeJS.Timeout | null = null;

  constructor(
    private readonly ports: SignallingPorts,
    options: Partial<SignallingOptions> = {},
  ) {
    this.options = { ...SIGNALLING_DEFAULTS, ...options };
    this.desk = new RoomDesk(ports.bus, ports.log, this.process);
  }

  start(): void {
    this.heart ??= setInterval(() => void this.beat(), this.options.heartbeatMs);
    this.heart.unref();
  }

  /**
   * Ends this process's part: every page is told to come back, to another process or to the next one. Their seats stay as they are, since
   * the calls go on meanwhile, and nothing is stored any more: the store may be gone before the last socket is.
   */
  stop(): void {
    if (this.heart) clearInterval(this.heart);
    this.heart = null;
    for (const { connection } of this.desk.seated()) this.dismiss(connection, CLOSE.later);
  }

  /** A new socket. It is trusted with nothing before its `hello`. */
  open(socket: SignalSocket): SignalSession {
    const { burst, perSecond, helloMs, maxGreeting } = this.options;
    const connection = new Connection(randomUUID(), socket, new TokenBucket(burst, perSecond, () => performance.now()));
    this.greeting += 1;
    if (this.greeting > maxGreeting) this.dismiss(connection, CLOSE.later);
    else connection.helloTimer = setTimeout(() => this.dismiss(connection, CLOSE.silent), helloMs).unref();
    let greeted = false;
    const leaveGreeting = () => {
      if (!greeted) this.greeting -= 1;
      greeted = true;
    };
    return {
      message: (text) => {
        leaveGreeting();
        this.receive(connection, text);
      },
      closed: () => {
        leaveGreeting();
        void this.socketClosed(connection);
      },
    };
  }

  /** Everybody out, in every process. The room itself is closed in the store before. */
  closeRoom(room: string): Promise<void> {
    return this.desk.announce(room, { kind: 'closed', process: this.process });
  }

  /** One person out, in every process. */
  remove(room: string, participant: string): Promise<void> {
    return this.desk.announce(room, { kind: 'removed', process: this.process, participant });
  }

  private receive(connection: Connection, text: string): void {
    if (connection.state === 'closed') return;
    if (!connection.bucket.take()) return this.dismiss(connection, CLOSE.tooMany);
    const message = readMessage(text);
    if (!message) return this.dismiss(connection, CLOSE.malformed);
    if (message.type === 'hello') {
      if (connection.state !== 'greeting') return this.dismiss(connection, CLOSE.malformed);
      void this.greet(connection, message.token, message.page);
      return;
    }
    if (!connection.isSeated || !connection.seat) return this.dismiss(connection, CLOSE.malformed);
    switch (message.type) {
      case 'ping':
        return connection.send({ type: 'pong' });
      case 'ice':
        void this.sendIce(connection);
        return;
      case 'bye':
        void this.leave(connection, connection.seat);
        return;
      case 'relay':
        return this.relay(connection, connection.seat, message.to, message.message);
    }
  }

  private async greet(connection: Connection, token: string, page: string): Promise<void> {
    connection.state = 'entering';
    connection.stopWaiting();
    try {
      const ticket = await this.ports.seats.redeem(token);
      if (!ticket) return this.dismiss(connection, CLOSE.refused);
      if (connection.isClosed) return;
      // Listening starts before the seat is taken: what is said about the room from then on waits until the page was welcomed.
      this.desk.join(ticket.room, connection);
      const seating = await this.ports.seats.sit(ticket, { connection: connection.id, page });
      if (seating.kind !== 'seated')
        return this.dismiss(connection, seating.kind === 'full' ? CLOSE.full : CLOSE.refused);
      connection.seat = seating.seat;
      const ice = await this.ports.ice.current();
      await this.welcome(connection, seating.seat, seating.other, ice);
    } catch (error) {
      this.ports.log.error('a page could not be seated', error);
      this.dismiss(connection, CLOSE.later);
      await this.release(connection);
    }
  }

  private async welcome(connection: Connection, seat: Seat, other: Seat | null, ice: IceConfig): Promise<void> {
    // The socket went away while we looked: the seat is kept for its next one.
    if (connection.isClosed) return this.release(connection);
    connection.state = 'seated';
    connection.opposite = other;
    connection.send({
      type: 'welcome',
      polite: seat.slot === 1,
      peer: other?.page ?? null,
      away: other?.away ?? false,
      ...ice,
    });
    const said = this.desk.announce(seat.room, { kind: 'entered', process: this.process, seat });
    this.desk.catchUp(connection);
    await Promise.all([said, this.report(seat, 'joined')]);
  }

  private relay(connection: Connection, seat: Seat, to: string, message: RelayedMessage): void {
    const { opposite } = connection;
    // A message to a page that has gone: the sender learns of the new one in a moment.
    if (!opposite || opposite.page !== to) return;
    const text = JSON.stringify({ ...message, from: seat.page });
    this.desk.relay(seat, to, text);
  }

  private async sendIce(connection: Connection): Promise<void> {
    try {
      connection.send({ type: 'ice', ...(await this.ports.ice.current()) });
    } catch (error) {
      this.ports.log.error('no relay credentials could be made', error);
    }
  }

  private async leave(connection: Connection, seat: Seat): Promise<void> {
    this.dismiss(connection, CLOSE.bye);
    try {
      if (!(await this.ports.seats.leave(connection.id))) return;
      await this.desk.announce(seat.room, { kind: 'left', process: this.process, seat });
      await this.report(seat, 'left');
    } catch (error) {
      this.ports.log.error('a leave could not be stored', error);
    }
  }

  private async socketClosed(connection: Connection): Promise<void> {
    connection.stopWaiting();
    const wasOpen = connection.state !== 'closed';
    connection.state = 'closed';
    this.desk.part(connection);
    if (wasOpen && !connection.dismissed) await this.release(connection);
  }

  /** The seat stays reserved for its owner; when a newer page already has it there is nothing to say. */
  private async release(connection: Connection): Promise<void> {
    const { seat } = connection;
    if (!seat) return;
    try {
      if (!(await this.ports.seats.away(connection.id))) return;
      await this.desk.announce(seat.room, { kind: 'away', process: this.process, seat: { ...seat, away: true } });
      await this.report(seat, 'left');
    } catch (error) {
      this.ports.log.error('a lost connection could not be stored', error);
    }
  }

  private dismiss(connection: Connection, reason: Close): void {
    connection.dismissed = true;
    connection.close(reason);
    this.desk.part(connection);
  }

  private async report(seat: Seat, state: 'joined' | 'alive' | 'left'): Promise<void> {
    const { room, participant, page } = seat;
    try {
      await this.ports.presence.report({ room, participant, page, state });
    } catch (error) {
      this.ports.log.error('presence could not be reported', error);
    }
  }

  /** Tells the store who is still here, and acts on everything the bus may have failed to tell. */
  async beat(): Promise<void> {
    const seated = this.desk.seated();
    if (!seated.length) return;
    try {
      const truth = await this.ports.seats.alive(seated.map(({ seat }) => seat));
      await Promise.all(seated.map(({ connection, seat }) => this.apply(connection, seat, truth.get(seat.connection))));
    } catch (error) {
      // The database is away: calls go on, and so do the sockets; the next beat tries again.
      this.ports.log.error('the heartbeat failed', error);
    }
  }

  private async apply(connection: Connection, seat: Seat, truth: SeatTruth | undefined): Promise<void> {
    if (!connection.isSeated || !truth) return;
    if (truth.kind === 'replaced') return this.dismiss(connection, CLOSE.replaced);
    // Removed or ended, and the news was lost: its next ticket decides.
    if (truth.kind === 'gone') return this.dismiss(connection, CLOSE.later);
    this.desk.correct(connection, truth.other);
    await this.report(seat, 'alive');
  }
}
