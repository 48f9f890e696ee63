import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { can, type Principal, type Role } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import type { SessionStage } from '../../../platform/http/session.js';
import { isId, newId } from '../../../platform/ids.js';
import { Work } from '../../../platform/work/work.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { homeOf, permissionsOf } from '../roles/permissions.js';
import { ROLE_SET } from '../roles/role-set.queries.js';
import { browserLabel } from './browser-label.js';
import { OWN_SESSIONS, SESSIONS_BY_ROLE, sessionWrites, type SignInMethod } from './session.queries.js';

/** A browser that an account is signed in with. */
export interface OwnSession {
  readonly ref: string;
  /** How the person showed who they are, most lately. */
  readonly method: SignInMethod;
  /** `Firefox/Linux`; either side may be empty. */
  readonly browser: string;
  readonly ip: string | null;
  readonly since: Date;
  readonly seenAt: Date;
  readonly absoluteUntil: Date;
  readonly idleMinutes: number;
  readonly current: boolean;
}

type Starting = Pick<AccountEntity, 'id' | 'role' | 'personId' | 'timeZone' | 'locale'>;

/** What a new session begins as. */
export interface NewSession {
  readonly stage: SessionStage;
  readonly method: SignInMethod;
  /** Path of this site to go on to when signing in is finished, already checked. */
  readonly next?: string | null;
}

/** Starting, listing and ending sessions. */
@Injectable()
export class SessionService {
  constructor(
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  /**
   * Gives the browser a new session with a new id; whatever session it had is gone, so that an id planted before signing in is worth
   * nothing. Where the same account is signed in already (a changed password, a fresh proof), its session goes on under a new id, with its
   * reference and its end. Resolves when the row and its audit are committed.
   *
   * @throws DomainError `sign-in-required` when the session that was to go on has ended meanwhile, or the account is not active
   * any more
   */
  async start(request: Request, account: Starting, { stage, method, next = null }: NewSession): Promise<void> {
    const { living } = request.session;
    const goesOn = living?.stage === 'full' && stage === 'full' && living.account_id === account.id;
    const adjusted = await this.sql.first(ROLE_SET, [account.role]);
    request.session.goesOn = goesOn;
    await settled((done) => request.session.regenerate(done));
    const ref = goesOn ? living.ref : newId();
    request.session.started = {
      ref,
      account: {
        id: account.id,
        role: account.role,
        personId: account.personId,
        timeZone: account.timeZone,
        locale: account.locale,
      },
      stage,
      method,
      next,
      home: homeOf(permissionsOf(account.role, false, adjusted?.permissions)),
      renews: goesOn ? living.idHash : null,
      browser: browserLabel(request.get('user-agent')),
      ip: isIP(request.clientIp) ? request.clientIp : null,
      requestId: request.requestId,
    };
    await settled((done) => request.session.save(done));
    // Forms of the page that answers this very request belong to the new session.
    request.signedIn = { ref, accountId: account.id, stage, touch: () => Promise.resolve() };
  }

  /** Signs this browser out. */
  async end(request: Request): Promise<void> {
    await settled((done) => request.session.destroy(done));
  }

  async list(who: Principal): Promise<OwnSession[]> {
    const rows = await this.sql.rows(OWN_SESSIONS, [who.id, this.clock.now()]);
    return rows.map((row) => ({
      ref: row.ref,
      method: row.method,
      browser: row.browser,
      ip: row.ip,
      since: row.created_at,
      seenAt: row.seen_at,
      absoluteUntil: row.absolute_until,
      idleMinutes: row.idle_minutes,
      current: row.ref === who.sessionId,
    }));
  }

  /** Ends one of one's own sessions; somebody else's is as unknown as one that never was. */
  async revoke(who: Principal, ref: string): Promise<void> {
    if (!isId(ref)) throw notFound();
    await this.work.run(who, async (tx) => {
      if (!(await sessionWrites.endOne(tx.manager, who.id, ref))) throw notFound();
      tx.audit({ action: 'session.revoke', object: `account:${who.id}` });
      tx.live(`session:${ref}`, 'ended');
    });
  }

  /** Ends all own sessions but this one. Returns how many. */
  async revokeOthers(who: Principal): Promise<number> {
    return this.work.run(who, async (tx) => {
      const sessions = await sessionWrites.endAll(tx.manager, who.id, who.sessionId ?? null);
      tx.audit({ action: 'session.revoke-others', object: `account:${who.id}`, facts: { sessions } });
      tx.live(`account:${who.id}`, 'ended');
      return sessions;
    });
  }

  /** Living sessions per role, for the security overview. Needs `security:read`. */
  async countByRole(who: Principal): Promise<ReadonlyMap<Role, number>> {
    if (!can(who, 'security:read')) throw notFound();
    const rows = await this.sql.rows(SESSIONS_BY_ROLE, [this.clock.now()]);
    return new Map(rows.map((row) => [row.role, row.sessions]));
  }
}

const settled = (act: (done: (error?: unknown) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    act((error) =>
      error ? reject(error instanceof Error ? error : new Error('session', { cause: error })) : resolve(),
    );
  });
