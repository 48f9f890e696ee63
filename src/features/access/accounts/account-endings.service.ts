import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import type { Tx } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { linkWrites } from '../links/one-time-link.queries.js';
import { clearFactors } from '../factors/clear-factors.js';
import { recoveryWrites } from '../resets/recovery.queries.js';
import { sessionWrites } from '../sessions/session.queries.js';
import { aboutClient } from './about-client.js';
import type { AccountEntity } from './account.entity.js';
import { emailIndex, emailPlace } from './account.places.js';
import { AccountRepository } from './account.repository.js';

/** What stands in place of an address that is free again. Not an address, so nobody signs in with it. */
const NOBODY = 'closed';

/**
 * Ends what an account can do, for now or for good, inside a change that holds the account's row. The caller has decided that this
 * principal may.
 */
@Injectable()
export class AccountEndings {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /**
   * Locks the owners who can sign in, before any account is locked, so that two owners cannot remove each other at the same time.
   *
   * @throws DomainError `access.last-owner` when this account is the only one
   */
  async keepAnOwner(tx: Tx, losing: string): Promise<void> {
    const owners = await this.accounts.lockActiveOwners(tx.manager);
    if (owners.length === 1 && owners[0] === losing) throw new DomainError(ACCESS_ERRORS['access.last-owner']);
  }

  /** Ends every session and link and lets no new one begin. Returns how many sessions ended. */
  async suspend(tx: Tx, account: AccountEntity): Promise<number> {
    if (account.state !== 'active' && account.state !== 'suspended') throw notFound();
    await this.accounts.setState(tx.manager, account.id, 'suspended');
    const sessions = await this.endEntries(tx, account.id);
    tx.audit({
      action: 'account.suspend',
      object: `account:${account.id}`,
      ...aboutClient(account),
      facts: { sessions },
    });
    tx.emit('account.suspended', account.id, { accountId: account.id });
    return sessions;
  }

  async restore(tx: Tx, account: AccountEntity): Promise<void> {
    if (account.state !== 'active' && account.state !== 'suspended') throw notFound();
    await this.accounts.setState(tx.manager, account.id, 'active');
    tx.audit({ action: 'account.restore', object: `account:${account.id}`, ...aboutClient(account) });
  }

  /**
   * Closes an account for good. Its row and name stay for the audit; address, password, factors, sessions and links are gone, and the id
   * is never given to anybody again.
   */
  async close(tx: Tx, account: AccountEntity): Promise<void> {
    const { id } = account;
    if (account.state === 'closed') throw notFound();
    const sessions = await this.endEntries(tx, id);
    await clearFactors(tx, this.accounts, id);
    await tx.manager.query(`DELETE FROM core.sign_on_identity WHERE account_id = $1`, [id]);
    await endRequests(tx.manager, id, this.clock.now());
    await this.accounts.close(tx.manager, id, {
      enc: await this.vault.seal('directory.contact', emailPlace(id), NOBODY),
      index: emailIndex(this.vault, `${NOBODY}:${id}`),
    });
    tx.audit({
      action: 'account.close',
      object: `account:${id}`,
      ...aboutClient(account),
      facts: { from: account.state, sessions },
    });
    tx.emit('account.closed', id, { accountId: id });
  }

  /** Every session and every link of the account. Returns how many sessions ended. */
  async endEntries(tx: Tx, id: string): Promise<number> {
    await linkWrites.endAll(tx.manager, id);
    return this.endSessions(tx, id);
  }

  /** Every session of the account, and whatever is open in a browser. Returns how many ended. */
  async endSessions(tx: Tx, id: string): Promise<number> {
    const sessions = await sessionWrites.endAll(tx.manager, id, null);
    tx.live(`account:${id}`, 'ended');
    return sessions;
  }
}

async function endRequests(manager: EntityManager, id: string, at: Date): Promise<void> {
  await manager.query(`DELETE FROM core.reset_request WHERE account_id = $1`, [id]);
  await manager.query(`DELETE FROM core.other_email WHERE account_id = $1`, [id]);
  await recoveryWrites.dropAll(manager, id, at);
}
