/** What the signalling core needs from the world; the core itself knows neither sockets nor databases. */

/** One WebSocket, already upgraded by the kernel. */
export interface SignalSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** A ticket that was just used up. */
export interface RedeemedTicket {
  readonly hash: Buffer;
  readonly room: string;
  readonly participant: string;
}

/** A taken seat. `turn` grows with every taking of a seat in the room: of two statements about a seat the one with the higher turn holds. */
export interface Seat {
  readonly room: string;
  readonly participant: string;
  readonly slot: number;
  readonly connection: string;
  readonly page: string;
  readonly turn: number;
  /** True while its socket is gone and the seat is kept for its owner. */
  readonly away: boolean;
}

export type Seating =
  | { readonly kind: 'seated'; readonly seat: Seat; readonly other: Seat | null }
  | { readonly kind: 'ended' }
  | { readonly kind: 'full' };

/** Seats of all server processes. */
export interface SeatStore {
  /** Uses the ticket up; null when it is unknown, used, killed or expired. Of any number of calls with one secret, one gets it. */
  redeem(secret: string): Promise<RedeemedTicket | null>;
  /** Gives the ticket's owner a seat, taking it from an older page of the same person. */
  sit(ticket: RedeemedTicket, arrival: { readonly connection: string; readonly page: string }): Promise<Seating>;
  /** Keeps the seat for its owner for a while. False when the connection no longer held it. */
  away(connection: string): Promise<boolean>;
  /** Gives the seat up. False when the connection no longer held it. */
  leave(connection: string): Promise<boolean>;
  /** Says "still here" for these seats; answers what is true of each, by connection. */
  alive(seats: readonly Seat[]): Promise<ReadonlyMap<string, SeatTruth>>;
}

export type SeatTruth =
  | { readonly kind: 'held'; readonly other: Seat | null }
  /** A newer page of the same person has it. */
  | { readonly kind: 'replaced' }
  /** Nobody of that name sits there: removed, or the room ended. */
  | { readonly kind: 'gone' };

/** Messages between server processes about one room. At most once; the heartbeat repairs what was lost. */
export interface SignalBus {
  publish(room: string, message: BusMessage): Promise<void>;
  /** May also hand back messages that this process published. Returns the way to stop. */
  subscribe(room: string, listener: (message: BusMessage) => void): () => void;
}

export type BusMessage =
  | { readonly kind: 'entered' | 'away' | 'left'; readonly process: string; readonly seat: Seat }
  | {
      readonly kind: 'relay';
      readonly process: string;
      readonly participant: string;
      readonly from: string;
      readonly to: string;
      readonly text: string;
    }
  | { readonly kind: 'closed'; readonly process: string }
  | { readonly kind: 'removed'; readonly process: string; readonly participant: string };

/** Where measured minutes come from. */
export interface PresenceSink {
  report(report: {
    room: string;
    participant: string;
    page: string;
    state: 'joined' | 'alive' | 'left';
  }): Promise<void>;
}

export interface IceServer {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

export interface IceConfig {
  readonly iceServers: readonly IceServer[];
  /** True when media may only travel through the relay. */
  readonly relayOnly: boolean;
}

/** Fresh credentials at every call. */
export interface IceSource {
  current(): Promise<IceConfig>;
}

/** Log lines carry codes and counts: never SDP, candidates (they hold IP addresses) or tokens. */
export interface SignalLog {
  warn(message: string, facts?: Readonly<Record<string, string | number | boolean | null>>): void;
  error(message: string, error: unknown): void;
}
