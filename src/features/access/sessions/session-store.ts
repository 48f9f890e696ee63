import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { Store, type CookieOptions, type SessionData } from 'express-session';
import type { Sql } from '../../../platform/database/sql.js';
import type { Role } from '../../../platform/access/principal.js';
import type { Clock } from '../../../platform/clock.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import type { SessionStage } from '../../../platform/http/session.js';
import type { Work } from '../../../platform/work/work.js';
import type { AccountPerson } from '../accounts/account-person.js';
import type { KnownBrowsers } from './known-browsers.service.js';
import { lifetimeOf, UNFINISHED } from './session-lifetimes.js';
import { RESOLVE, sessionWrites, type SessionRow, type SignInMethod } from './session.queries.js';

/** What sign-in puts into a new session; becomes one row of `core.session`. */
export interface StartedSession {
  /** Public reference of the session. */
  readonly ref: string;
  readonly account: {
    readonly id: string;
    readonly role: Role;
    readonly personId: string | null;
    readonly timeZone: string;
    readonly locale: string;
  };
  readonly stage: SessionStage;
  readonly method: SignInMethod;
  readonly next: string | null;
  /** The first page of this role, as owners have adjusted it. */
  readonly home: string;
  /**
   * Hash of the id this session has had until now, when it goes on under a new one: it keeps its reference and its end, so that
   * confirming again neither lengthens the day nor hangs up a call in another tab.
   */
  readonly renews: Buffer | null;
  readonly browser: string;
  readonly ip: string | null;
  readonly requestId: string;
}

declare module 'express-session' {
  interface SessionData {
    /** Set once, by signing in. */
    started?: StartedSession;
    /** Set by the store for a living session. */
    living?: SessionRow & { readonly idHash: Buffer };
    /** Set just before a new id is given to a session that goes on: the old one is not ended, it is renamed. */
    goesOn?: boolean;
  }
}

/** Only a hash of the cookie is stored: who reads the database cannot take a session over. */
export const hashOfSessionId = (id: string): Buffer => createHash('sha256').update(id).digest();

/**
 * Sessions in `core.session`. A session is written once, when it starts, together with its audit row; noting activity is not the
 * store's business (it does not implement `touch`). A new stage is a new session; a fresh proof gives the one there is a new id.
 */
export class PgSessionStore extends Store {
  /** Sessions of running requests that are stored: express-session saves a regenerated one a second time when the answer ends. */
  private readonly written = new WeakSet<SessionData>();

  /** Given to every store by express-session; its types leave it out. */
  declare generate: (request: Request) => void;

  constructor(
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly person: AccountPerson,
    private readonly clock: Clock,
    private readonly browsers: KnownBrowsers,
    private readonly cookie: CookieOptions,
  ) {
    super();
  }

  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    const idHash = hashOfSessionId(id);
    this.sql.first(RESOLVE, [idHash, this.clock.now()]).then(
      (row) =>
        done(null, row ? { cookie: { ...this.cookie, originalMaxAge: null }, living: { ...row, idHash } } : null),
      // express-session takes an error whose code is ENOENT (a socket file that is gone) for "no such session".
      (error: unknown) => done(new DomainError('unavailable', {}, { cause: error })),
    );
  }

  override set(id: string, session: SessionData, done: (error?: unknown) => void = () => undefined): void {
    if (this.written.has(session)) {
      setImmediate(done);
      return;
    }
    this.write(id, session).then(() => {
      this.written.add(session);
      done();
    }, done);
  }

  override regenerate(request: Request, done: (error?: unknown) => void): void {
    if (!request.session.goesOn) {
      super.regenerate(request, done);
      return;
    }
    this.generate(request);
    done();
  }

  override destroy(id: string, done: (error?: unknown) => void = () => undefined): void {
    this.end(id).then(() => done(), done);
  }

  private async write(id: string, session: SessionData): Promise<void> {
    const { started } = session;
    if (!started) throw new Error('a session may only be saved by signing in');
    const { account, stage, method, ref } = started;
    const life = stage === 'full' ? lifetimeOf(account.role) : UNFINISHED;
    const at = this.clock.now();
    const who = this.person.principal(account, {
      sessionRef: ref,
      ip: started.ip ?? undefined,
      requestId: started.requestId,
    });
    const idHash = hashOfSessionId(id);
    const { renews } = started;
    if (renews) {
      await this.work.run(who, async (tx) => {
        const renewed = await sessionWrites.renew(tx.manager, { idHash, renews, ref, method, at });
        // Ended in the meantime, by the person or by whoever suspended them: a proof does not bring it back.
        if (!renewed) throw new DomainError('sign-in-required');
        tx.audit({ action: 'session.prove', object: `account:${account.id}`, facts: { method } });
      });
      return;
    }
    await this.work.run(who, async (tx) => {
      if (!(await sessionWrites.holdActive(tx.manager, account.id))) throw new DomainError('sign-in-required');
      await sessionWrites.insert(tx.manager, {
        idHash,
        ref,
        accountId: account.id,
        stage,
        method,
        nextPath: started.next,
        at,
        absoluteUntil: new Date(at.getTime() + life.absoluteMinutes * 60_000),
        idleMinutes: life.idleMinutes,
        browser: started.browser,
        ip: started.ip,
      });
      if (stage === 'full')
        await this.browsers.noteInside(tx, {
          accountId: account.id,
          ref,
          browser: started.browser,
          ip: started.ip,
          at,
        });
      const action = stage === 'full' ? 'session.start' : 'session.password';
      tx.audit({ action, object: `account:${account.id}`, facts: { method } });
    });
  }

  /** Regenerating destroys first; without a living session there is nothing to end and nothing to record. */
  private async end(id: string): Promise<void> {
    const idHash = hashOfSessionId(id);
    const row = await this.sql.first(RESOLVE, [idHash, this.clock.now()]);
    if (!row) return;
    const who = this.person.principal(
      { id: row.account_id, role: row.role, personId: row.person_id, timeZone: row.time_zone, locale: row.locale },
      { sessionRef: row.ref },
    );
    await this.work.run(who, async (tx) => {
      await sessionWrites.endByHash(tx.manager, idHash);
      tx.audit({ action: 'session.end', object: `account:${row.account_id}` });
      tx.live(`session:${row.ref}`, 'ended');
    });
  }
}
