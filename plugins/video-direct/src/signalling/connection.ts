import type { Close } from './messages.js';
import type { Seat, SignalSocket } from './ports.js';
import type { TokenBucket } from './token-bucket.js';

/** A socket that lets this much pile up is dead or hostile. */
const MAX_BUFFERED = 1_000_000;

/** The person on the other side, as last told to this page. */
export interface Opposite {
  readonly participant: string;
  readonly page: string;
  readonly turn: number;
  readonly away: boolean;
}

/** One page's socket and what is known about it. Holds no rules: those are in `Signalling`. */
export class Connection {
  state: 'greeting' | 'entering' | 'seated' | 'closed' = 'greeting';
  seat: Seat | null = null;
  opposite: Opposite | null = null;
  /** Set when the closing was ours and says all: nothing is to be reported about this seat any more. */
  dismissed = false;
  helloTimer: NodeJS.Timeout | null = null;

  constructor(
    readonly id: string,
    private readonly socket: SignalSocket,
    readonly bucket: TokenBucket,
  ) {}

  /** True while the page may be sent things. */
  get isSeated(): boolean {
    return this.state === 'seated';
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  send(message: object): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (this.state === 'closed' || this.socket.bufferedAmount > MAX_BUFFERED) return;
    this.socket.send(text);
  }

  close({ code, reason }: Close): void {
    this.stopWaiting();
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.socket.close(code, reason);
  }

  stopWaiting(): void {
    if (this.helloTimer) clearTimeout(this.helloTimer);
    this.helloTimer = null;
  }
}
