import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parseCookie } from 'cookie';
import { LivingSessions, type SessionHold, type Standing } from '../../../platform/access/living-sessions.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Sql } from '../../../platform/database/sql.js';
import { cookieName } from '../../../platform/http/session.js';
import { AccountPerson } from '../accounts/account-person.js';
import { hashOfSessionId } from './session-store.js';
import { RESOLVE, STANDINGS, type StandingRow } from './session.queries.js';

/** Sessions as streams and sockets see them. */
@Injectable()
export class PgLivingSessions extends LivingSessions {
  constructor(
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly vault: Vault,
    private readonly person: AccountPerson,
  ) {
    super();
  }

  async ofCookies(header: string | undefined): Promise<SessionHold | undefined> {
    const cookies = parseCookie(header ?? '');
    const id = this.signedId(cookies[cookieName('sid', true)] ?? cookies[cookieName('sid', false)]);
    const row = id === undefined ? undefined : await this.sql.first(RESOLVE, [hashOfSessionId(id), this.clock.now()]);
    if (row?.stage !== 'full') return undefined;
    return { ref: row.ref, accountId: row.account_id, permissions: this.permissionsOf(row) };
  }

  async standings(refs: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    if (refs.length === 0) return new Map();
    const rows = await this.sql.rows(STANDINGS, [refs, this.clock.now()]);
    return new Map(rows.map((row) => [row.ref, { awake: row.awake, permissions: this.permissionsOf(row) }]));
  }

  private permissionsOf(row: Omit<StandingRow, 'ref' | 'awake'>): ReadonlySet<string> {
    const account = {
      id: row.account_id,
      role: row.role,
      personId: row.person_id,
      timeZone: row.time_zone,
      locale: row.locale,
      rolePermissions: row.role_permissions,
    };
    return this.person.principal(account, {}).permissions;
  }

  /** The id inside `s:<id>.<signature>`, as the session middleware writes it; undefined when the signature is not ours. */
  private signedId(value: string | undefined): string | undefined {
    const [, id, signature] = /^s:([\w-]{20,64})\.([\w+/]{43})$/.exec(value ?? '') ?? [];
    if (id === undefined) return undefined;
    const secret = this.vault.derive('session-cookie').toString('base64url');
    const own = createHmac('sha256', secret).update(id).digest();
    return timingSafeEqual(own, Buffer.from(signature, 'base64')) ? id : undefined;
  }
}
