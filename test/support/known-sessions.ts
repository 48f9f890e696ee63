import { LivingSessions, type SessionHold, type Standing } from '../../src/platform/access/living-sessions.js';

/** Sessions by reference, as a test says they are; a reference nobody named has ended. */
export class KnownSessions extends LivingSessions {
  /** What became of sessions: `null` for one that ended. */
  readonly known = new Map<string, Standing | null>();
  /** The session of a `Cookie` header. */
  readonly cookies = new Map<string, SessionHold>();
  /** How often it was asked, with how many references. */
  readonly asked: number[] = [];
  /** While set, every question fails like this. */
  broken: Error | undefined;

  ofCookies(header: string | undefined): Promise<SessionHold | undefined> {
    return Promise.resolve(this.cookies.get(header ?? ''));
  }

  standings(refs: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    this.asked.push(refs.length);
    if (this.broken) return Promise.reject(this.broken);
    const living = refs.flatMap((ref): [string, Standing][] => {
      const standing = this.known.get(ref);
      return standing ? [[ref, standing]] : [];
    });
    return Promise.resolve(new Map(living));
  }
}
