import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId, newId } from '../../../platform/ids.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { aboutClient } from '../accounts/about-client.js';
import { AccountCare, type AccountRef } from '../accounts/account-care.service.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { recoveryWordsPlace } from '../accounts/account.places.js';
import { passkeyWrites } from '../factors/passkey.queries.js';
import { OneTimeLinks, type IssuedLink } from '../links/one-time-links.service.js';
import { recoveryWrites, type RecoveryHow } from './recovery.queries.js';

const DAY = 24 * 60 * 60_000;

/** Who made sure how that it is them. */
export interface RecoveryGrounds {
  readonly how: Exclude<RecoveryHow, 'server'>;
  /** In their own words; sealed. */
  readonly words: string;
}

/**
 * Lost second factors. For staff two people have to agree within a day, neither of them the one it is for; for a client one is enough.
 * What comes of it is a link that asks for the password and then takes the factors away: the link alone opens nothing.
 */
@Injectable()
export class Recoveries {
  constructor(
    private readonly care: AccountCare,
    private readonly links: OneTimeLinks,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a request for a colleague; somebody else has to approve it within a day.
   *
   * @throws DomainError `changed-meanwhile` when one is open already
   */
  async open(who: Principal, accountId: string, grounds: RecoveryGrounds): Promise<void> {
    const lock = await this.care.require(who, { accountId });
    await this.work.run(who, async (tx) => {
      const account = await lock(tx);
      await this.openInside(tx, account, grounds, false);
      await this.notices.tell(
        tx,
        { holdersOf: 'staff:manage', except: who.id },
        { kind: 'account.recovery-open', href: `/admin/people/${accountId}` },
      );
      await this.notices.tell(tx, { accounts: [accountId] }, { kind: 'account.recovery-yours', href: '/account' });
    });
  }

  /**
   * The second person agrees: makes the link.
   *
   * @throws DomainError `access.second-person` for the one who opened it, `not-found` when it is too old
   */
  async approve(who: Principal, accountId: string, id: string): Promise<IssuedLink> {
    const lock = await this.care.require(who, { accountId });
    if (!isId(id)) throw notFound();
    return this.work.run(who, async (tx) => {
      const account = await lock(tx);
      const open = await recoveryWrites.find(tx.manager, accountId, id, this.clock.now());
      if (!open) throw notFound();
      if (open.opened_by === who.id) throw new DomainError(ACCESS_ERRORS['access.second-person']);
      return this.approveInside(tx, account, id);
    });
  }

  /** Puts a request aside. */
  async drop(who: Principal, accountId: string, id: string): Promise<void> {
    const lock = await this.care.require(who, { accountId });
    if (!isId(id)) throw notFound();
    await this.work.run(who, async (tx) => {
      await lock(tx);
      if (!(await recoveryWrites.find(tx.manager, accountId, id, this.clock.now()))) throw notFound();
      await recoveryWrites.drop(tx.manager, id, this.clock.now());
      tx.audit({ action: 'account.recovery-drop', object: `account:${accountId}` });
    });
  }

  /** For a client, guardian or representative one person is enough; they are told. */
  async forPortal(who: Principal, ref: Required<AccountRef>, grounds: RecoveryGrounds): Promise<IssuedLink> {
    const lock = await this.care.require(who, ref);
    return this.work.run(who, async (tx) => {
      const account = await lock(tx);
      const id = await this.openInside(tx, account, grounds, true);
      return this.approveInside(tx, account, id);
    });
  }

  private async openInside(tx: Tx, account: AccountEntity, grounds: RecoveryGrounds, alone: boolean): Promise<string> {
    const factors = await passkeyWrites.count(tx.manager, account.id);
    if (account.state !== 'active' || (account.totpEnc === null && factors === 0)) throw notFound();
    const id = newId();
    const at = this.clock.now();
    const opened = await recoveryWrites.open(tx.manager, {
      id,
      accountId: account.id,
      openedBy: tx.who.id,
      at,
      until: new Date(at.getTime() + DAY),
      how: grounds.how,
      wordsEnc: await this.vault.seal('directory.contact', recoveryWordsPlace(id), grounds.words),
      alone,
    });
    if (!opened) throw new DomainError('changed-meanwhile');
    tx.audit({
      action: 'account.recovery-open',
      object: `account:${account.id}`,
      ...aboutClient(account),
      facts: { how: grounds.how },
    });
    return id;
  }

  private async approveInside(tx: Tx, account: AccountEntity, id: string): Promise<IssuedLink> {
    await recoveryWrites.approve(tx.manager, id, tx.who.id, this.clock.now());
    tx.audit({ action: 'account.recovery-approve', object: `account:${account.id}`, ...aboutClient(account) });
    await this.notices.tell(tx, { accounts: [account.id] }, { kind: 'account.recovery-approved', href: '/account' });
    return this.links.issue(tx, account, 'recover');
  }
}
