import { randomUUID } from 'node:crypto';
import type {
  BusMessage,
  IceConfig,
  PresenceSink,
  RedeemedTicket,
  Seat,
  Seating,
  SeatStore,
  SeatTruth,
  SignalBus,
  SignalLog,
  SignalSocket,
} from '../../src/signalling/ports.js';

/** Seats in memory, shared by any number of `Signalling` objects as the database is shared by server processes. */
export class MemorySeats implements SeatStore {
  readonly tickets = new Map<string, { room: string; participant: string; expiresAt: number; used: boolean }>();
  readonly closedRooms = new Set<string>();
  readonly removed = new Set<string>();
  readonly seats = new Map<string, Seat[]>();
  private turns = 0;
  /** When set, every call fails with it. */
  failure: Error | null = null;

  ticket(room: string, participant: string, lastsMs = 120_000): string {
    const secret = randomUUID();
    this.tickets.set(secret, { room, participant, expiresAt: Date.now() + lastsMs, used: false });
    return secret;
  }

  async redeem(secret: string): Promise<RedeemedTicket | null> {
    await this.moment();
    const ticket = this.tickets.get(secret);
    if (!ticket || ticket.used || ticket.expiresAt <= Date.now()) return null;
    ticket.used = true;
    return { hash: Buffer.from(secret), room: ticket.room, participant: ticket.participant };
  }

  async sit(ticket: RedeemedTicket, arrival: { connection: string; page: string }): Promise<Seating> {
    await this.moment();
    const { room, participant } = ticket;
    if (this.closedRooms.has(room) || this.removed.has(`${room}/${participant}`)) return { kind: 'ended' };
    const seats = this.seats.get(room) ?? [];
    const mine = seats.find((seat) => seat.participant === participant);
    const other = seats.find((seat) => seat.participant !== participant) ?? null;
    if (!mine && seats.length >= 2) return { kind: 'full' };
    const slot = mine?.slot ?? (other?.slot === 0 ? 1 : 0);
    const seat: Seat = { room, participant, slot, ...arrival, turn: ++this.turns, away: false };
    this.seats.set(room, [...seats.filter((each) => each !== mine), seat]);
    return { kind: 'seated', seat, other };
  }

  async away(connection: string): Promise<boolean> {
    await this.moment();
    const seat = this.find(connection);
    if (!seat) return false;
    this.put(seat.room, connection, { ...seat, away: true });
    return true;
  }

  async leave(connection: string): Promise<boolean> {
    await this.moment();
    const seat = this.find(connection);
    if (!seat) return false;
    this.put(seat.room, connection, null);
    return true;
  }

  async alive(seats: readonly Seat[]): Promise<ReadonlyMap<string, SeatTruth>> {
    await this.moment();
    return new Map(seats.map((seat) => [seat.connection, this.truth(seat)]));
  }

  private truth(seat: Seat): SeatTruth {
    const room = this.seats.get(seat.room) ?? [];
    const mine = room.find((each) => each.participant === seat.participant);
    if (!mine) return { kind: 'gone' };
    if (mine.connection !== seat.connection) return { kind: 'replaced' };
    return { kind: 'held', other: room.find((each) => each !== mine) ?? null };
  }

  private find(connection: string): Seat | undefined {
    return [...this.seats.values()].flat().find((seat) => seat.connection === connection);
  }

  private put(room: string, connection: string, seat: Seat | null): void {
    const others = (this.seats.get(room) ?? []).filter((each) => each.connection !== connection);
    this.seats.set(room, seat ? [...others, seat] : others);
  }

  private async moment(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failure) throw this.failure;
  }
}

/** A bus between `Signalling` objects: later, in order, and losing messages on demand. */
export class MemoryBus implements SignalBus {
  private readonly listeners = new Map<string, Set<(message: BusMessage) => void>>();
  readonly published: BusMessage[] = [];
  /** Which messages get lost on the way. */
  loses: (message: BusMessage) => boolean = () => false;

  async publish(room: string, message: BusMessage): Promise<void> {
    this.published.push(message);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.loses(message)) return;
    for (const listener of this.listeners.get(room) ?? []) listener(message);
  }

  subscribe(room: string, listener: (message: BusMessage) => void): () => void {
    const set = this.listeners.get(room) ?? new Set();
    this.listeners.set(room, set.add(listener));
    return () => void set.delete(listener);
  }
}

export type PresenceReport = Parameters<PresenceSink['report']>[0];

/** Everything a `Signalling` needs, in memory; `reports` and `errors` show what it told the host. */
export function memoryPorts(
  seats = new MemorySeats(),
  bus = new MemoryBus(),
  ice: IceConfig = { iceServers: [], relayOnly: false },
) {
  const reports: PresenceReport[] = [];
  const errors: { message: string; error: unknown }[] = [];
  const log: SignalLog = {
    warn: (message) => void errors.push({ message, error: null }),
    error: (message, error) => void errors.push({ message, error }),
  };
  const presence: PresenceSink = { report: async (report) => void reports.push(report) };
  return { seats, bus, ice: { current: async () => ice }, presence, log, reports, errors };
}

export type Sent = Readonly<Record<string, unknown>>;

/** The server's end of a socket that leads nowhere. */
export class FakeSocket implements SignalSocket {
  readonly sent: Sent[] = [];
  closed: { code: number; reason: string } | null = null;
  bufferedAmount = 0;
  onClosed: () => void = () => undefined;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Sent);
  }

  close(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = { code, reason };
    setImmediate(() => this.onClosed());
  }

  last(type: string): Sent | undefined {
    return this.sent.findLast((message) => message.type === type);
  }
}
