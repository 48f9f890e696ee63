/**
 * What the access feature leaves on a request for the rest of the pipeline. The session's secret never leaves the cookie and the
 * session store; `ref` is a reference that may be stored and audited.
 */
export interface SignedIn {
  /** Public reference of the session (a UUID). */
  readonly ref: string;
  readonly accountId: string;
  /** `half`: the password was right and the second factor is missing; opens nothing but the code page and signing out. */
  readonly stage: 'half' | 'full';
  /** Notes that the person did something, at most once a minute. Not called for requests that pages make by themselves. */
  touch(): Promise<void>;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set for every request with a living session, fully signed in or not; `principal` is set only for `full`. */
    signedIn?: SignedIn;
  }
}

/** `__Host-` binds the cookie to this host over TLS; browsers refuse the prefix on plain http, which is loopback only. */
export const cookieName = (name: string, secure: boolean): string => (secure ? `__Host-${name}` : name);
