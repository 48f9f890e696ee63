import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { Work } from '../../../platform/work/work.js';
import { AccountPerson } from '../accounts/account-person.js';
import { STAFF_ROLES, type StaffRole } from '../roles/permissions.js';
import { SignOnProvider } from './sign-on-provider.js';
import { rulesOf, type SignOnRules } from './sign-on-rules.js';
import { SIGN_ON_ERRORS } from './sign-on.errors.js';
import { GROUPS, LINKED_ACCOUNTS, RULES, signOnWrites } from './sign-on.queries.js';

export interface MappedGroup {
  readonly group: string;
  readonly role: StaffRole;
}

export interface LinkedAccount {
  readonly id: string;
  readonly name: string | null;
  readonly role: StaffRole;
  readonly linkedAt: Date;
  readonly lastUsedAt: Date | null;
}

/** The owner's page. */
export interface SignOnSettings {
  /** Null while the operator has not set up a provider. */
  readonly provider: { readonly name: string; readonly issuer: string } | null;
  readonly rules: SignOnRules;
  readonly groups: readonly MappedGroup[];
  readonly linked: readonly LinkedAccount[];
}

/** What owners decide about single sign-on. Which provider it is, the operator sets. Everything needs `sign-on:manage`. */
@Injectable()
export class SignOnSettingsService {
  constructor(
    private readonly provider: SignOnProvider,
    private readonly person: AccountPerson,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  async read(who: Principal): Promise<SignOnSettings> {
    this.require(who);
    const { name, issuer } = this.provider;
    const [rules, groups, linked] = await Promise.all([
      this.rules(),
      this.groups(),
      issuer === null ? [] : this.sql.rows(LINKED_ACCOUNTS, [issuer]),
    ]);
    return {
      provider: name === null || issuer === null ? null : { name, issuer },
      rules,
      groups: [...groups].map(([group, role]) => ({ group, role })),
      linked: linked.map((row) => ({
        id: row.account_id,
        name: this.person.name(row.person_id) ?? null,
        role: row.role as StaffRole,
        linkedAt: row.linked_at,
        lastUsedAt: row.last_used_at,
      })),
    };
  }

  /** For signing in: checks nobody's rights. */
  async rules(): Promise<SignOnRules> {
    return rulesOf(await this.sql.first(RULES));
  }

  /** Group to role. For signing in: checks nobody's rights. */
  async groups(): Promise<ReadonlyMap<string, StaffRole>> {
    return new Map((await this.sql.rows(GROUPS)).map((row) => [row.group_name, row.role]));
  }

  /** @throws DomainError `sign-on.no-groups` when groups are to decide and none leads to a role */
  async changeRules(who: Principal, rules: SignOnRules): Promise<void> {
    this.require(who);
    await this.work.run(who, async (tx) => {
      if (rules.groupsDecide && (await signOnWrites.countGroups(tx.manager)) === 0)
        throw new DomainError(SIGN_ON_ERRORS['sign-on.no-groups']);
      await signOnWrites.putRules(tx.manager, {
        groups_decide: rules.groupsDecide,
        creates_accounts: rules.createsAccounts,
        closes_own_ways: rules.closesOwnWays,
        trusted_proofs: rules.trustedProofs,
        by: who.id,
        at: this.clock.now(),
      });
      const { trustedProofs, ...switches } = rules;
      tx.audit({
        action: 'sign-on.rules',
        object: 'sign-on',
        facts: { ...switches, trusted: trustedProofs.map((proof) => this.mark(proof)).join(' ') },
      });
    });
  }

  /** Gives a group of the provider a role, or another one. */
  async mapGroup(who: Principal, group: string, role: string): Promise<void> {
    this.require(who);
    const wanted = STAFF_ROLES.find((one) => one === role);
    if (!wanted) throw notFound();
    await this.work.run(who, async (tx) => {
      await signOnWrites.putGroup(tx.manager, { group_name: group, role: wanted, by: who.id, at: this.clock.now() });
      tx.audit({ action: 'sign-on.group', object: 'sign-on', facts: { group: this.mark(group), role: wanted } });
    });
  }

  async unmapGroup(who: Principal, group: string): Promise<void> {
    this.require(who);
    await this.work.run(who, async (tx) => {
      if (!(await signOnWrites.removeGroup(tx.manager, group))) throw notFound();
      tx.audit({ action: 'sign-on.group', object: 'sign-on', facts: { group: this.mark(group), role: null } });
    });
  }

  private require(who: Principal): void {
    if (!can(who, 'sign-on:manage')) throw notFound();
  }

  /** Names of groups and proofs are text somebody chose; the audit has a keyed hash, by which two rows about one are found. */
  private mark(group: string): string {
    return this.vault.hash('sign-on.group', group).toString('hex').slice(0, 16);
  }
}
