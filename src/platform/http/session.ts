/**
 * How far signing in has come. `half`: the password was right and the second factor is missing. `enroll`: everything that was asked for
 * was right, and this account needs a second factor before anything else. Both open nothing but the page of that step and signing out.
 */
export type SessionStage = 'half' | 'enroll' | 'full';

/** The page where a sign-in that is not finished goes on. */
export const nextStep = (stage: SessionStage): string =>
  stage === 'enroll' ? '/sign-in/second-factor' : '/sign-in/code';

/**
 * What the access feature leaves on a request for the rest of the pipeline. The session's secret never leaves the cookie and the
 * session store; `ref` is a reference that may be stored and audited.
 */
export interface SignedIn {
  /** Public reference of the session (a UUID). */
  readonly ref: string;
  readonly accountId: string;
  readonly stage: SessionStage;
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
