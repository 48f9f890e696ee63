/** A signed-in session as something that stays open holds it: references and rights, never a secret. */
export interface SessionHold {
  /** Public reference of the session. */
  readonly ref: string;
  readonly accountId: string;
  /** What the account was allowed when the thing was opened. */
  readonly permissions: ReadonlySet<string>;
}

/** How a session stands now. */
export interface Standing {
  /** False when its person has been away too long: pages end then, a call that goes on does not. */
  readonly awake: boolean;
  readonly permissions: ReadonlySet<string>;
}

/** What streams and sockets ask about the sessions they were opened in. Implemented by the access feature. */
export abstract class LivingSessions {
  /** The fully signed-in session of a `Cookie` header; undefined when it carries none that lives. */
  abstract ofCookies(header: string | undefined): Promise<SessionHold | undefined>;
  /** By reference, in one statement. A session that ended, or whose account may not sign in any more, is missing. */
  abstract standings(refs: readonly string[]): Promise<ReadonlyMap<string, Standing>>;
}
