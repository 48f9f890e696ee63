import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { emailIndex, emailPlace } from '../accounts/account.places.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { linkWrites } from '../links/one-time-link.queries.js';
import { isStaff } from '../roles/permissions.js';
import type { SignOnClaims } from './claims.js';
import { roleFromGroups, type RoleDecision } from './role-from-groups.js';
import { SignOnIdentities } from './sign-on-identities.service.js';
import { SignOnNewcomers } from './sign-on-newcomers.service.js';
import { signOnPrincipal } from './sign-on-principal.js';
import { SignOnSettingsService } from './sign-on-settings.service.js';
import { signOnWrites } from './sign-on.queries.js';

/** Why somebody does not come in; a code of the audit, never shown. */
export type SignOnRefusal = 'unknown' | 'state' | 'not-staff' | 'group';

/** What an identity opens: an account, the question whether this account is theirs, or nothing. */
export type Admission =
  | { readonly kind: 'in'; readonly accountId: string; readonly twoFactors: boolean }
  | { readonly kind: 'confirm'; readonly accountId: string }
  | { readonly kind: 'refused'; readonly why: SignOnRefusal; readonly accountId: string | null };

/** Decides which account a proved identity is, and brings the account in line with the provider's groups. */
@Injectable()
export class SignOnEntry {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly identities: SignOnIdentities,
    private readonly newcomers: SignOnNewcomers,
    private readonly settings: SignOnSettingsService,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  async admit(claims: SignOnClaims, request: Request): Promise<Admission> {
    const [rules, mapping] = await Promise.all([this.settings.rules(), this.settings.groups()]);
    const twoFactors = claims.proofs.some((proof) => rules.trustedProofs.includes(proof));
    const linkedTo = await this.identities.accountIdOf(claims);
    const account = linkedTo === undefined ? await this.byAddress(claims) : await this.accounts.byId(linkedTo);
    if (!account) {
      const made = await this.newcomers.make(claims, rules, mapping, request);
      return made ? { kind: 'in', accountId: made, twoFactors } : { kind: 'refused', why: 'unknown', accountId: null };
    }
    const { id } = account;
    const refuse = (why: SignOnRefusal): Admission => ({ kind: 'refused', why, accountId: id });
    if (!isStaff(account.role)) return refuse('not-staff');
    const first = linkedTo === undefined;
    if (account.state !== 'active' && !(first && account.state === 'invited')) return refuse('state');
    const decision = roleFromGroups(claims.groups, mapping, account.role, rules.groupsDecide);
    if (decision.kind === 'refuse') return refuse('group');
    if (first && account.state === 'active') return { kind: 'confirm', accountId: id };
    return (await this.bringIn(account, claims, decision, request))
      ? { kind: 'in', accountId: id, twoFactors }
      : refuse('state');
  }

  /** By an address that the provider has verified; the same letters, not only the same to a fuzzy eye. */
  private async byAddress(claims: SignOnClaims): Promise<AccountEntity | null> {
    if (claims.email === null) return null;
    const account = await this.accounts.byEmailIndex(emailIndex(this.vault, claims.email));
    if (!account) return null;
    const email = await this.vault.open('directory.contact', emailPlace(account.id), account.emailEnc);
    return email.toLowerCase() === claims.email.toLowerCase() ? account : null;
  }

  /** Everything that changes with a sign-in, in one change. False when the account was suspended or closed meanwhile. */
  private async bringIn(
    account: AccountEntity,
    claims: SignOnClaims,
    decision: RoleDecision,
    request: Request,
  ): Promise<boolean> {
    const owners = decision.kind === 'become' && account.role === 'owner';
    return this.work.run(signOnPrincipal(request), async (tx) => {
      // Owners before accounts, in the order every change of roles takes, so that two never wait for each other.
      const left = owners ? await this.accounts.lockActiveOwners(tx.manager) : [];
      const present = await this.accounts.lock(tx.manager, account.id);
      tx.audit({ action: 'sign-on.use', object: `account:${account.id}` });
      if (!present || (present.state !== 'active' && present.state !== 'invited')) return false;
      if (present.state === 'invited') await this.activate(tx, present, claims);
      const lastOwner = left.length === 1 && left[0] === account.id;
      if (decision.kind === 'become' && present.role === account.role && !lastOwner)
        await this.changeRole(tx, present, decision.role);
      await signOnWrites.used(tx.manager, account.id, this.clock.now());
      return true;
    });
  }

  /** An invited person's first sign-in: the link of the invitation is of no use any more. */
  private async activate(tx: Tx, account: AccountEntity, claims: SignOnClaims): Promise<void> {
    await this.accounts.setState(tx.manager, account.id, 'active');
    await linkWrites.endAll(tx.manager, account.id);
    tx.audit({ action: 'account.accept', object: `account:${account.id}`, facts: { by: 'single-sign-on' } });
    tx.emit('account.accepted', account.id, { accountId: account.id });
    const subjectHash = this.identities.subjectHash(claims);
    await this.identities.linkInside(tx, account.id, { issuer: claims.issuer, subjectHash });
  }

  private async changeRole(tx: Tx, account: AccountEntity, role: AccountEntity['role']): Promise<void> {
    await this.accounts.setRole(tx.manager, account.id, role);
    const facts = { from: account.role, to: role };
    tx.audit({ action: 'account.role', object: `account:${account.id}`, reason: 'group', facts });
    tx.live(`account:${account.id}`, 'changed');
    const notice = { kind: 'sign-on.role', href: '/admin/people' };
    await this.notices.tell(tx, { accounts: [account.id] }, { ...notice, kind: 'sign-on.own-role', href: '/account' });
    await this.notices.tell(tx, { holdersOf: 'staff:manage', except: account.id }, notice);
  }
}
