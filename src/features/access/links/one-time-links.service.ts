import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Role } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { HttpConfig } from '../../../platform/config/http.config.js';
import { Sql } from '../../../platform/database/sql.js';
import { newId, newSecret } from '../../../platform/ids.js';
import type { Tx } from '../../../platform/work/work.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { aboutClient } from '../accounts/about-client.js';
import { LinkDelivery } from './link-delivery.js';
import { linkWrites, LIVING_LINK, type LinkPurpose } from './one-time-link.queries.js';

const HOUR = 60 * 60_000;

/** How long a link of each purpose can be used. In milliseconds. */
export const LINK_LIFETIMES: Readonly<Record<LinkPurpose, number>> = {
  invite: 7 * 24 * HOUR,
  reset: HOUR,
  email: 24 * HOUR,
  recover: HOUR,
};

type LinkedAccount = Pick<AccountEntity, 'id' | 'role' | 'personId'>;

/** A link that was just made. */
export interface IssuedLink {
  readonly purpose: LinkPurpose;
  /** Null when it was sent: then only the person it is for sees it. */
  readonly url: string | null;
  readonly expiresAt: Date;
}

/** What a link that can still be used opens. */
export interface LivingLink {
  readonly purpose: LinkPurpose;
  readonly accountId: string;
  readonly role: Role;
  /** Account that made it; null for the server itself. */
  readonly createdBy: string | null;
}

/**
 * Links that work once. The secret (256 bits) is in the address and nowhere else: the database has its hash. Looking changes nothing,
 * because mail programs open links before people do.
 */
@Injectable()
export class OneTimeLinks {
  constructor(
    private readonly delivery: LinkDelivery,
    private readonly sql: Sql,
    private readonly clock: Clock,
    private readonly http: HttpConfig,
  ) {}

  /**
   * Makes a link inside a change that holds the account's row; an older one of the same purpose stops working with the commit.
   *
   * @param show true to show it to whoever makes it, whatever way links usually go
   */
  async issue(tx: Tx, account: LinkedAccount, purpose: LinkPurpose, show = false): Promise<IssuedLink> {
    const accountId = account.id;
    const token = newSecret(32);
    const at = this.clock.now();
    const expiresAt = new Date(at.getTime() + LINK_LIFETIMES[purpose]);
    await linkWrites.put(tx.manager, {
      id: newId(),
      accountId,
      purpose,
      tokenHash: hashOf(token),
      createdBy: tx.who.kind === 'user' ? tx.who.id : null,
      at,
      expiresAt,
    });
    tx.audit({ action: 'link.issue', object: `account:${accountId}`, ...aboutClient(account), facts: { purpose } });
    const url = `${this.http.origin}/link/${token}`;
    const how = show ? 'shown' : await this.delivery.deliver(tx, { accountId, purpose, url, expiresAt });
    return { purpose, url: how === 'shown' ? url : null, expiresAt };
  }

  /** What the link opens, or `undefined`: unknown, used, replaced and expired ones cannot be told apart. */
  async look(token: unknown): Promise<LivingLink | undefined> {
    if (!isToken(token)) return undefined;
    const row = await this.sql.first(LIVING_LINK, [hashOf(token), this.clock.now()]);
    return row && { purpose: row.purpose, accountId: row.account_id, role: row.role, createdBy: row.created_by };
  }

  /** Uses the link inside the change it allows. False when it cannot be used any more; the caller then changes nothing. */
  async use(tx: Tx, token: string, purpose: LinkPurpose): Promise<boolean> {
    return linkWrites.use(tx.manager, hashOf(token), purpose, this.clock.now());
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** 32 bytes in base64url. */
const isToken = (token: unknown): token is string => typeof token === 'string' && /^[\w-]{43}$/.test(token);
