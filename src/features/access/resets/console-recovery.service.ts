import { Injectable } from '@nestjs/common';
import { systemPrincipal, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { newId } from '../../../platform/ids.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { emailIndex } from '../accounts/account.places.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { OneTimeLinks, type IssuedLink } from '../links/one-time-links.service.js';
import { isStaff } from '../roles/permissions.js';
import { EntryStage } from '../sign-in/entry-stage.js';
import { recoveryWrites } from './recovery.queries.js';

const HOUR = 60 * 60_000;

/** The links that bring somebody back in, in the order they are used. */
export interface ConsoleLinks {
  /** For a new password; null when it was not asked for. */
  readonly reset: IssuedLink | null;
  /** For a new second step; null for an account that has none. */
  readonly recover: IssuedLink | null;
}

/**
 * The way back in where there is no second person to ask: whoever works on the server itself. It could read the key file anyway, so this
 * gives it nothing, and everybody who manages people is told.
 */
@Injectable()
export class ConsoleRecovery {
  private readonly who: Principal = systemPrincipal('console');

  constructor(
    private readonly accounts: AccountRepository,
    private readonly entry: EntryStage,
    private readonly links: OneTimeLinks,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `not-found` unless somebody who works here can sign in with this address */
  async make(email: string, options: { readonly password: boolean }): Promise<ConsoleLinks> {
    const account = await this.accounts.byEmailIndex(emailIndex(this.vault, email));
    if (!account || !isStaff(account.role) || account.state !== 'active') throw notFound();
    const secondFactor = await this.entry.hasSecondFactor(account);
    if (!secondFactor && !options.password) return { reset: null, recover: null };
    return this.work.run(this.who, async (tx) => {
      const locked = await this.accounts.lock(tx.manager, account.id);
      if (locked?.state !== 'active') throw notFound();
      if (secondFactor) await this.note(tx.manager, locked);
      const reset = options.password ? await this.links.issue(tx, locked, 'reset', true) : null;
      const recover = secondFactor ? await this.links.issue(tx, locked, 'recover', true) : null;
      tx.audit({
        action: 'account.recover-console',
        object: `account:${account.id}`,
        facts: { password: options.password, secondFactor },
      });
      const notice = { kind: 'account.recover-console', href: '/admin/people' };
      await this.notices.tell(tx, { holdersOf: 'staff:manage' }, notice);
      return { reset, recover };
    });
  }

  /** Whatever people had opened gives way: the server decides alone. */
  private async note(manager: Parameters<typeof recoveryWrites.open>[0], account: AccountEntity): Promise<void> {
    const at = this.clock.now();
    const id = newId();
    await recoveryWrites.dropAll(manager, account.id, at);
    const until = new Date(at.getTime() + HOUR);
    await recoveryWrites.open(manager, {
      id,
      accountId: account.id,
      openedBy: null,
      at,
      until,
      how: 'server',
      wordsEnc: null,
      alone: true,
    });
    await recoveryWrites.approve(manager, id, null, at);
  }
}
