export interface SignallingOptions {
  /** How long a socket may stay silent before its `hello`. */
  readonly helloMs: number;
  readonly heartbeatMs: number;
  /** Messages a page may send at once, and per second in the long run. */
  readonly burst: number;
  readonly perSecond: number;
  /** Sockets of this process that have not said `hello` yet. */
  readonly maxGreeting: number;
}

export const SIGNALLING_DEFAULTS: SignallingOptions = {
  helloMs: 5_000,
  heartbeatMs: 15_000,
  burst: 200,
  perSecond: 40,
  maxGreeting: 500,
};
